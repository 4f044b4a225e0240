using System.Globalization;
using Graft.Data;
using Graft.Evaluation;
using Graft.Reports;
using Graft.Reports.Charts;
using Graft.Reports.Pages;
using Graft.Runs;

namespace Graft.Adaptation;

/// <summary>The page of an adaptation: before and after, curves, choices with reasons, proofs, sizes, and what to type next.</summary>
internal static class AdaptPage
{
    /// <summary>Writes the picture, the page with everything inside, and the same as Markdown.</summary>
    internal static void Save(AdaptResult result, AdaptRequest request, AdaptBase plain, DetectionData data, EvaluationResult zero, EvaluationResult adapted)
    {
        AdaptFolder folder = result.Folder;
        bool drawn = AdaptPictures.Save(folder.Picture, data.Val, zero, adapted);
        Page page = Of(result, request, plain, data, drawn);
        page.Save(folder.Page);
    }

    private static Page Of(AdaptResult result, AdaptRequest request, AdaptBase plain, DetectionData data, bool drawn)
    {
        List<PageBlock> blocks = [.. result.Warnings.Select(text => new TextBlock(text) { IsWarning = true })];
        blocks.Add(Figures(result));
        if (drawn)
        {
            blocks.Add(new HeadingBlock("Before and after"));
            blocks.Add(new ImageBlock(
                Path.GetFileName(result.Folder.Picture), "Validation images: labels, the base by words alone, and the adapted model; boxes from a score of 0.25."));
        }

        blocks.Add(new HeadingBlock("Classes"));
        blocks.Add(AdaptBlocks.Classes(result));
        IReadOnlyList<ResultsRow> rows = File.Exists(result.Training.Folder.Results) ? ResultsCsv.Read(result.Training.Folder.Results) : [];
        if (rows.Count > 0)
        {
            blocks.Add(new HeadingBlock("Training"));
            blocks.Add(new ChartsBlock([Curve(result, rows), .. TrainingCurves.Of(rows).Take(2)]));
        }

        blocks.Add(new HeadingBlock("What was chosen, and why"));
        blocks.Add(new TableBlock(
            [TableColumn.Text("setting"), TableColumn.Text("value"), TableColumn.Text("reason")],
            [.. result.Plan.Choices.Select(choice => new[] { choice.Key, choice.Value, choice.Reason })]));
        blocks.Add(new HeadingBlock("Proofs"));
        blocks.Add(AdaptBlocks.Proofs(result));
        blocks.Add(new HeadingBlock("Files"));
        blocks.Add(AdaptBlocks.Files(result, result.Folder.Path));
        blocks.Add(new HeadingBlock("What to type next"));
        blocks.Add(new CodeBlock(string.Join('\n', result.Next)));
        blocks.Add(new HeadingBlock("How it was made"));
        blocks.Add(new CodeBlock(request.Command));
        blocks.Add(Facts(result, plain, data));
        return new Page($"{result.Folder.Name}: {Listed.First(result.Names, 6)}", $"{plain.Config.Model.Description}, adapted in {Text($"{result.Seconds / 60:0.0}")} minutes", blocks);
    }

    private static FiguresBlock Figures(AdaptResult result)
    {
        List<KeyFigure> figures =
        [
            new(ScoreText.Of(result.ZeroShot.Map50), "mAP50 before", "the base, by words alone"),
            new(ScoreText.Of(result.Adapted.Map50), "mAP50 after", "the adapted model, same images"),
            new(ScoreText.Of(result.Onnx.Map50), "mAP50 of the ONNX file", "in ONNX Runtime"),
            new(Text($"{result.Export.Bytes / 1e6:0.0} MB"), "ONNX file", Text($"{(result.Export.Rewrite?.GflopsAfter ?? double.NaN):0.00} GFLOP at {result.Plan.Side} px")),
        ];
        if (result.Retention is { } kept)
        {
            figures.Insert(3, new(Text($"{100 * kept:0} %"), "old words kept", "by the joined model, bit for bit"));
        }

        return new FiguresBlock(figures);
    }

    private static Chart Curve(AdaptResult result, IReadOnlyList<ResultsRow> rows)
    {
        ResultsRow[] measured = [.. rows.Where(row => row.Map50 >= 0)];
        double[] epochs = [.. measured.Select(row => (double)row.Epoch)];
        return new Chart("mAP50 of the validation images", "epoch", string.Empty,
        [
            new ChartSeries("adapted", epochs, [.. measured.Select(row => row.Map50)]),
            new ChartSeries("base, by words alone", [1, rows[^1].Epoch], [result.ZeroShot.Map50, result.ZeroShot.Map50]) { Colour = -1, Style = SeriesStyle.Dashed },
        ]);
    }

    private static TableBlock Facts(AdaptResult result, AdaptBase plain, DetectionData data) => new(
        [TableColumn.Text("fact"), TableColumn.Text("value")],
        [
            ["base", plain.Path],
            ["text encoder", plain.Encoder],
            ["training", Text($"{data.Train.Images.Count:N0} images, {data.Train.BoxCount:N0} boxes: {data.Train.Source}")],
            ["validation", Text($"{data.Val.Images.Count:N0} images, {data.Val.BoxCount:N0} boxes: {data.Val.Source}")],
            ["trained", Text($"{result.Training.Summary.Trainable:N0} of {result.Training.Summary.Total:N0} values, {result.Training.State.Epoch} epochs in {result.Training.Seconds:0} s")],
            ["machine", Provenance.Machine()],
            ["Graft", Provenance.Revision()],
        ]);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
