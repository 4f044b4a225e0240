using System.CommandLine;
using System.Text.Json.Nodes;
using Graft.Adaptation;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Evaluation;
using Graft.Runs;
using Graft.Synthetic;

namespace Graft.Cli.Commands;

/// <summary>graft demo: the built-in base on a new product, from words to a verified file.</summary>
internal sealed class DemoCommand : CliCommand
{
    private readonly Option<string?> _out = Define.Text("--out", "DIR", "folder of images and runs; runs/demo, numbered, without it");
    private readonly Option<bool> _overwrite = Define.Flag("--overwrite", "replace the runs of an earlier demo in --out");

    internal DemoCommand()
        : base("demo", "a new product in minutes: words, an adapter, proofs, an ONNX file, a page")
        => Takes(_out, _overwrite);

    internal override string Notes => """
        Draws a product that the built-in base has never seen, asks it by words, adapts it with 24 images, trains every weight for comparison,
        merges, joins and exports with proofs, measures what is left of the old words, and tells it all on one page.
        """;

    protected override bool UsesAllProcessors => true;

    protected override int Run(Arguments arguments, Output output)
    {
        string folder = arguments.Value(_out) ?? RunFolder.CreateEmpty("runs", "demo");
        CancellationToken stop = Interruption.StopOrderly();
        DemoResult result;
        try
        {
            result = output.Track(progress => new Demo(folder, new AdaptProgress(output, progress)) { Overwrite = arguments.Value(_overwrite) }
                .Run(arguments.Value(Common.Seed) ?? 0, stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            output.Note($"Stopped. Files so far: {folder}");
            return Interruption.ExitCode;
        }

        Print(result, output);
        return 0;
    }

    private static void Print(DemoResult result, Output output)
    {
        AdaptResult adapted = result.Adaptation;
        OldWords words = result.Words;
        output.Table(["mAP50", "new defects", "old words kept"],
        [
            ["the base by words alone", $"{adapted.ZeroShot.Map50:f3}", "100 %"],
            ["adapter alone", $"{adapted.Adapted.Map50:f3}", $"{words.Adapted.Figure:p0}"],
            ["every weight trained", $"{result.FullScores.Map50:f3}", $"{words.Full.Figure:p0}"],
            ["base and adapter, joined", $"{words.JoinedNew.Map50:f3}", $"{words.Joined.Figure:p0}"],
            ["ONNX in Graft.Runtime", $"{adapted.Onnx.Map50:f3}", "–"],
        ]);
        output.Line($"Done in {result.Seconds / 60:f1} minutes. The page: {result.Page}");
        output.Line($"Images: {adapted.Folder.Picture}, {Path.Combine(result.Product, "images")}");
        output.Result(new JsonObject
        {
            ["out"] = result.Folder,
            ["report"] = result.Page,
            ["seconds"] = result.Seconds,
            ["zero_shot"] = Score(adapted.ZeroShot),
            ["adapted"] = Score(adapted.Adapted),
            ["full"] = Score(result.FullScores),
            ["onnx"] = Score(adapted.Onnx),
            ["retention"] = new JsonObject { ["joined"] = words.Joined.Figure, ["adapted"] = words.Adapted.Figure, ["full"] = words.Full.Figure },
            ["merge"] = new JsonObject { ["max_abs"] = adapted.Merge.MaxAbs, ["exact"] = adapted.Merge.Exact },
            ["join"] = new JsonObject { ["exact"] = adapted.Join!.Exact, ["boxes"] = adapted.Join.Boxes },
            ["runtime"] = new JsonObject { ["boxes"] = adapted.OnnxBoxes.Before, ["unmatched"] = adapted.OnnxBoxes.Unmatched, ["boxes_max_px"] = adapted.OnnxBoxes.MaxPixels, ["ms"] = result.Speed },
            ["trainable"] = adapted.Training.Summary.Trainable,
            ["total"] = adapted.Training.Summary.Total,
            ["file"] = adapted.Folder.Onnx,
        });
    }

    private static JsonObject Score(CocoScores scores) => new() { ["map50"] = scores.Map50, ["map"] = scores.Map };
}
