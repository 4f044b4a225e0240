using System.CommandLine;
using System.Text.Json.Nodes;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Runs;
using Graft.Synthetic;

namespace Graft.Cli.Commands;

/// <summary>graft demo: training, adaptation and merge on synthetic images.</summary>
internal sealed class DemoCommand : CliCommand
{
    private readonly Option<string?> _out = Define.Text("--out", "DIR", "folder of images and runs; runs/demo, numbered, without it");
    private readonly Option<bool> _overwrite = Define.Flag("--overwrite", "replace the runs of an earlier demo in --out");

    internal DemoCommand()
        : base("demo", "train, adapt and merge on synthetic images, in minutes")
        => Takes(_out, _overwrite);

    internal override string Notes => "Draws images of defects, trains a small base, adapts it frozen to new defects, merges and folds it with a proof, and writes a report.";

    protected override bool UsesAllProcessors => true;

    protected override int Run(Arguments arguments, Output output)
    {
        string folder = arguments.Value(_out) ?? RunFolder.Create("runs", "demo").Path;
        CancellationToken stop = Interruption.StopOrderly();
        DemoResult result;
        try
        {
            result = output.Track(progress => new Demo(folder, new TrainingProgress(output, progress, 0), output.Line) { Overwrite = arguments.Value(_overwrite) }
                .Run(arguments.Value(Common.Seed) ?? 0, stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            output.Note($"Stopped. Files so far: {folder}");
            return Interruption.ExitCode;
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
