using System.Text.Json.Nodes;
using Graft.Runs;
using Graft.Synthetic;
using Graft.Torch;

namespace Graft.Cli.Commands;

/// <summary>graft demo: the whole story on pictures that it draws itself.</summary>
internal sealed class DemoCommand : Command
{
    internal override string Name => "demo";

    internal override string Summary => "the whole story in minutes, on pictures that it draws itself";

    internal override string Usage => """
        graft demo [--out DIR [--overwrite]]

        Draws defects, trains a small base, adapts it frozen to defects that it has never seen, folds it with a proof, shows pictures.
        """;

    protected override string[] Options => ["out=", "overwrite"];

    protected override int Run(Arguments arguments, Output output)
    {
        TorchRuntime.Threads = arguments.Integer("threads", Environment.ProcessorCount);
        string folder = arguments.Value("out") ?? RunFolder.Create("runs", "demo").Path;
        using Interruption stop = new();
        DemoResult result;
        try
        {
            result = new Demo(folder, new TrainingProgress(output, 0), output.Line) { Overwrite = arguments.Has("overwrite") }
                .Run(arguments.Integer("seed", 0, 0), stop.Token);
        }
        catch (OperationCanceledException) when (stop.Asked)
        {
            output.Note($"Stopped. What is there so far: {folder}");
            return stop.ExitCode;
        }

        output.Table(["mAP50", "known defects", "new defects"], [
            ["base", $"{result.Base.Map50:f3}", $"{result.ZeroShot.Map50:f3}"],
            ["adapted (frozen base)", "", $"{result.FineTuned.Map50:f3}"]]);
        output.Result(new JsonObject
        {
            ["out"] = folder,
            ["base"] = new JsonObject { ["map50"] = result.Base.Map50 },
            ["zero_shot"] = new JsonObject { ["map50"] = result.ZeroShot.Map50 },
            ["fine_tuned"] = new JsonObject { ["map50"] = result.FineTuned.Map50 },
            ["merge"] = new JsonObject { ["max_abs"] = result.Merge.MaxAbs, ["exact"] = result.Merge.Exact },
            ["trainable"] = result.Trainable,
            ["total"] = result.Total,
            ["report"] = Path.Combine(folder, "report.html"),
        });
        return 0;
    }
}
