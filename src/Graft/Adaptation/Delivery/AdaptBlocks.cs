using System.Globalization;
using Graft.Evaluation;
using Graft.Reports;
using Graft.Reports.Pages;
using Graft.Rewriting;
using Graft.Runs;

namespace Graft.Adaptation;

/// <summary>Tables of an adaptation, for any page that tells of one.</summary>
public static class AdaptBlocks
{
    /// <summary>Objects and AP of each class, before and after.</summary>
    /// <param name="result">The adaptation.</param>
    public static TableBlock Classes(AdaptResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        Dictionary<string, CocoClassScores> before = result.ZeroShot.PerClass.ToDictionary(one => one.Name);
        string[][] rows = [.. result.Adapted.PerClass.Select(one => new[]
        {
            one.Name, Text($"{one.Objects}"), ScoreText.Of(before.GetValueOrDefault(one.Name)?.Ap50 ?? double.NaN), ScoreText.Of(one.Ap50), ScoreText.Of(one.Ap),
        })];
        string[] all = ["all classes", Text($"{result.Adapted.PerClass.Sum(one => one.Objects)}"), ScoreText.Of(result.ZeroShot.Map50), ScoreText.Of(result.Adapted.Map50), ScoreText.Of(result.Adapted.Map)];
        return new TableBlock([TableColumn.Text("class"), new("objects"), new("AP50 before"), new("AP50 after"), new("AP50-95 after")], [.. rows, all])
        {
            Emphasized = [rows.Length],
        };
    }

    /// <summary>What was compared bit by bit or box by box, and the largest difference that was found.</summary>
    /// <param name="result">The adaptation.</param>
    public static TableBlock Proofs(AdaptResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        BoxComparison runtime = result.OnnxBoxes;

        // Where a box has no partner, which happens between boxes of equal score, the distance of the nearest other one says nothing.
        bool paired = runtime.Unmatched == 0;
        List<string[]> rows =
        [
            ["merged = adapted", Text($"{result.Merge.MaxAbs:g2}"), Text($"{result.Merge.Boxes}"), Text($"{result.Merge.BoxesMaxPx:g2} px"), Text($"{result.Merge.Folded.Count} parts folded, {result.Merge.Left.Count} left")],
            ["ONNX Runtime = adapted", Text($"{result.Export.Proof.MaxAbs:g2}"), Text($"{result.Export.Proof.Boxes}"), Text($"{result.Export.Proof.BoxesMaxPx:g2} px"), Text($"{result.Export.Proof.Inputs} inputs, {result.Export.Proof.Images} of them real images")],
            ["Graft.Runtime = adapted", paired ? Text($"{runtime.MaxScore:g2} in score") : "–", Text($"{runtime.Before}"), paired ? Text($"{runtime.MaxPixels:g2} px") : "–", Text($"every validation image, boxes from a score of {PredictionRequest.DefaultScore}; {runtime.Unmatched} without a partner")],
        ];
        if (result.Join is { } join)
        {
            rows.Insert(1, ["joined = base and adapted", Text($"{join.MaxAbs:g2}"), Text($"{join.Boxes}"), Text($"{join.BoxesMaxPx:g2} px"), Text($"{join.Outputs} outputs, {join.Names.Count} classes")]);
        }

        return new TableBlock([TableColumn.Text("compared"), new("largest difference"), new("boxes"), new("moved at most"), TableColumn.Text("what")], rows);
    }

    /// <summary>The files that were written, with sizes.</summary>
    /// <param name="result">The adaptation.</param>
    /// <param name="root">The folder that their names start from.</param>
    public static TableBlock Files(AdaptResult result, string root)
    {
        ArgumentNullException.ThrowIfNull(result);
        (string Path, string What)[] files =
        [
            (result.Folder.Onnx, "the model for ONNX Runtime and Graft.Runtime"),
            (result.Folder.Merged, "the same without adapters, for graft"),
            (result.Folder.Joined, "the base and the adapted model in one: old words and new classes"),
            (result.Training.Folder.Adapter, "what training changed, for this base"),
            (result.Folder.Config, "what was chosen, to edit and run again"),
        ];
        return new TableBlock(
            [TableColumn.Text("file"), new("size"), TableColumn.Text("what")],
            [.. files.Where(file => File.Exists(file.Path)).Select(file => new[] { Path.GetRelativePath(root, file.Path), SizeText.Of(new FileInfo(file.Path).Length), file.What })]);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
