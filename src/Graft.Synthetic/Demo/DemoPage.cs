using System.Globalization;
using Graft.Evaluation;
using Graft.Files;
using Graft.Reports;
using Graft.Reports.Pages;
using Graft.Rewriting;
using Graft.Runs;

namespace Graft.Synthetic;

/// <summary>Builds the demo's report page.</summary>
public static class DemoPage
{
    /// <summary>Writes <c>report.html</c> (images embedded) and <c>report.md</c> into the demo's folder.</summary>
    /// <param name="result">Results of the demo.</param>
    /// <param name="known">Names of the defects that the base was trained on.</param>
    /// <param name="unseen">Names of the defects that it was adapted to.</param>
    /// <returns>The path of the HTML page.</returns>
    public static string Save(DemoResult result, IReadOnlyList<string> known, IReadOnlyList<string> unseen)
    {
        Page page = Of(result, string.Join(" and ", known), string.Join(" and ", unseen));
        string path = Path.Combine(result.Folder, "report.html");
        AtomicFile.WriteText(path, HtmlView.Of(page.WithEmbeddedImages(result.Folder)));
        AtomicFile.WriteText(Path.Combine(result.Folder, "report.md"), MarkdownView.Of(page));
        return path;
    }

    private static Page Of(DemoResult result, string known, string unseen)
    {
        RewriteReport merge = result.Merge;
        double share = (double)result.Trainable / result.Total;
        return new Page("Graft demo", "A small frozen detector, adapted to defects that it was not trained on, merged and folded with a proof.",
        [
            new FiguresBlock(
            [
                new KeyFigure(Score(result.ZeroShot), $"mAP50 before, {unseen}", "the base was not trained on them"),
                new KeyFigure(Score(result.FineTuned), $"mAP50 after, {unseen}", "adapted, base frozen"),
                new KeyFigure(Text($"{share:0.##%}"), "trained", Text($"{result.Trainable:N0} of {result.Total:N0} parameters")),
                new KeyFigure(Text($"{merge.MaxRel:0.#e+0}"), "largest relative difference", "after merging and folding"),
            ]),
            new HeadingBlock("1. A base"),
            new TextBlock($"YOLO-World of size N, trained from scratch on synthetic images of {known}. "
                + Text($"On {known} it reaches mAP50 {result.Base.Map50:0.000}.")),
            new ImageBlock("base/val_batch0_pred.jpg", $"Validation images of the base: {known}, annotations (left) and detections (right)."),
            Curves(result.Folder, "base"),
            new HeadingBlock("2. New defects, frozen base"),
            new TextBlock($"Rep-MoNA adapters of rank 16 in the neck are trained on {unseen}; nothing else changes."),
            new TableBlock([TableColumn.Text("model"), new($"mAP50, {known}"), new($"mAP50, {unseen}")],
            [
                ["base", Score(result.Base), Score(result.ZeroShot)],
                ["adapted", "–", Score(result.FineTuned)],
            ]),
            new ImageBlock("adapted/val_batch0_pred.jpg", $"Validation images after adapting: {unseen}, annotations (left) and detections (right)."),
            Curves(result.Folder, "adapted"),
            new HeadingBlock("3. Folded, with a proof"),
            new TextBlock("The adapted model and the file for deployment on the same inputs, with annotated validation images among them. Above the tolerance the file is refused."),
            new TableBlock([TableColumn.Text("what"), new("value")],
            [
                ["largest absolute difference", Text($"{merge.MaxAbs:0.##e+0}")],
                ["largest relative difference", Text($"{merge.MaxRel:0.##e+0}")],
                ["boxes compared", Text($"{merge.Boxes}")],
                ["largest shift of a box, pixels", Text($"{merge.BoxesMaxPx:g2}")],
                ["GFLOP before, after", Text($"{merge.GflopsBefore:0.000}, {merge.GflopsAfter:0.000}")],
            ]),
            new HeadingBlock("How it was made"),
            new TextBlock($"Graft {Provenance.Version()} on {Provenance.Machine()}."),
        ]);
    }

    private static ChartsBlock Curves(string folder, string run)
    {
        IReadOnlyList<ResultsRow> rows = ResultsCsv.Read(Path.Combine(folder, run, "results.csv"));
        return new ChartsBlock(TrainingCurves.Of(rows)) { Image = $"{run}/results.png" };
    }

    private static string Score(CocoScores scores) => ScoreText.Of(scores.Map50);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
