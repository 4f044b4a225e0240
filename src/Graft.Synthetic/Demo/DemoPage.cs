using System.Globalization;
using Graft.Adaptation;
using Graft.Evaluation;
using Graft.Reports;
using Graft.Reports.Charts;
using Graft.Reports.Pages;
using Graft.Runs;

namespace Graft.Synthetic;

/// <summary>The demo as one page, from the new product to the commands for one's own images.</summary>
internal static class DemoPage
{
    /// <summary>Name of the page in the demo's folder.</summary>
    internal const string FileName = "report.html";

    private const string Samples = "product.jpg";

    /// <summary>Writes <c>report.html</c> (images embedded) and <c>report.md</c> into the demo's folder.</summary>
    /// <param name="result">Results of the demo.</param>
    internal static void Save(DemoResult result)
    {
        SampleSheet.Save(Path.Combine(result.Folder, Samples), result.Product);
        Page page = Of(result);
        page.Save(result.Page);
    }

    private static Page Of(DemoResult result)
    {
        AdaptResult adapted = result.Adaptation;
        string before = ScoreText.Of(adapted.ZeroShot.Map50), after = ScoreText.Of(adapted.Adapted.Map50);
        string picture = Path.GetRelativePath(result.Folder, adapted.Folder.Picture).Replace('\\', '/');
        return new Page(
            Text($"{result.Size.TrainImages} images, {adapted.Training.Seconds:0} seconds of training, one verified file"),
            Text($"Graft demo: a detector meets a product that it has never seen. Everything on this page was computed on this machine in {result.Seconds / 60:0.0} minutes."),
            [
                new FiguresBlock(
                [
                    new(before, "mAP50 by words alone", "defects and material never seen"),
                    new(after, Text($"mAP50 with {result.Size.TrainImages} images"), "an adapter on the base"),
                    new(Text($"{result.Words.Joined.Figure:0 %}"), "old words kept", "in the joined model, bit for bit"),
                    new(SizeText.Of(adapted.Export.Bytes), "ONNX file", "verified in ONNX Runtime"),
                    new(Text($"{result.Speed:0.0} ms"), "for an image", Text($"Graft.Runtime, {adapted.Plan.Side} px, no GPU")),
                ]),
                new HeadingBlock("1. A new product"),
                new TextBlock(Text($"Leather parts with {Listed.All(adapted.Names)}. The built-in base was trained on drawn images of eight other defects on five other materials; it has seen neither this surface nor these defects. Somebody labels {result.Size.TrainImages} images; {result.Size.ValImages} more measure the result and are never trained on.")),
                new ImageBlock(Samples, "Training images with their labels."),
                new HeadingBlock("2. Words alone, and after adapting"),
                new TextBlock(Text($"The base reads the names of the defects and finds some of them: mAP50 {before}. Then an adapter learns: the first stages of the backbone, which see the finest detail, and low-rank changes (LoRA) behind them; all else stays as it is.")),
                new ImageBlock(picture, "Validation images. Left: labels. Middle: the base by words alone. Right: the adapted model. Boxes from a score of 0.25."),
                AdaptBlocks.Classes(adapted),
                new HeadingBlock("3. An adapter, or every weight?"),
                new TextBlock(Verdict(result)),
                Comparison(result),
                new ChartsBlock([Curves(result)]) { Bars = [Kept(result)] },
                new HeadingBlock("4. Nothing is forgotten"),
                new TextBlock(Text($"Old words: {Listed.All([.. result.Words.Base.PerClass.Select(one => one.Name)])}. On {result.Size.ValImages} images of the base's own materials it reaches mAP50 {ScoreText.Of(result.Words.Base.Map50)} by them. Training on the new defects alone lets a network forget them; the joined model holds base and adapter side by side, and keeps them all; it costs both. The share is that of mAP.")),
                Memory(result),
                new HeadingBlock("5. Proofs"),
                new TextBlock("Each step that rewrites the model is compared with the model before it, on real images and on noise. Above the tolerance the file is not written."),
                AdaptBlocks.Proofs(adapted),
                new HeadingBlock("6. Time and size"),
                Times(result),
                AdaptBlocks.Files(adapted, result.Folder),
                new HeadingBlock("With your own images"),
                new TextBlock("DATA is a folder with images and labels, a YOLO data.yaml or a COCO file."),
                new CodeBlock("""
                    ./graft check DATA                              # what is wrong with the labels, with a page
                    ./graft predict base DATA/images/val --prompts "scratch,dent" --out found     # what words alone find
                    ./graft adapt DATA --minutes 10                 # all of this page's steps; the result is in runs/adapt/DATA
                    ./graft predict runs/adapt/DATA/DATA.onnx DATA/images/val --out found-adapted # Graft.Runtime does this in any .NET program
                    """),
                new HeadingBlock("How it was made"),
                new TextBlock(Text($"graft demo; seed {result.Seed}. {Provenance.Machine()}. Graft {Provenance.Revision()}. The images are drawn: on photographs words alone find less, and adapting takes more images (docs/results.md).")),
            ]);
    }

    private static string Verdict(DemoResult result)
    {
        CocoScores adapter = result.Adaptation.Adapted, full = result.FullScores;
        string better = Math.Abs(adapter.Map50 - full.Map50) < 0.03 ? "both end alike" : adapter.Map50 > full.Map50 ? "the adapter ends higher" : "training every weight ends higher";
        return Text($"The same images, words, passes and seed. On these {result.Size.ValImages} validation images {better}; one run of each says no more than that. The adapter changes {Share(result.Adaptation.Training):0 %} of the values, and what it changes fits a file of {SizeText.Of(new FileInfo(result.Adaptation.Training.Folder.Adapter).Length)} beside the base.");
    }

    private static TableBlock Comparison(DemoResult result) => new(
        [TableColumn.Text("model"), new("values trained"), new("share"), new("seconds"), new("images/s"), new("mAP50"), new("mAP50-95")],
        [
            ["the base by words alone", "0", "0 %", "0", "–", ScoreText.Of(result.Adaptation.ZeroShot.Map50), ScoreText.Of(result.Adaptation.ZeroShot.Map)],
            Row("adapter", result.Adaptation.Training, result.Adaptation.Adapted),
            Row("every weight", result.Full, result.FullScores),
        ]);

    private static string[] Row(string name, TrainingResult training, CocoScores scores) =>
    [
        name, Text($"{training.Summary.Trainable:N0}"), Text($"{Share(training):0 %}"), Text($"{training.Seconds:0}"), Text($"{training.ImagesPerSecond:0.0}"),
        ScoreText.Of(scores.Map50), ScoreText.Of(scores.Map),
    ];

    private static Chart Curves(DemoResult result)
    {
        ChartSeries adapter = Curve("adapter", result.Adaptation.Training, 0), full = Curve("every weight", result.Full, 1);
        double last = Math.Max(adapter.X[^1], full.X[^1]), words = result.Adaptation.ZeroShot.Map50;
        return new Chart(
            "mAP50 of the validation images", "seconds of training, validation included", string.Empty,
            [adapter, full, new ChartSeries("words alone", [0, last], [words, words]) { Colour = -1, Style = SeriesStyle.Dashed }]);
    }

    private static ChartSeries Curve(string name, TrainingResult training, int colour)
    {
        ResultsRow[] rows = [.. ResultsCsv.Read(training.Folder.Results).Where(row => row.Map50 >= 0)];
        return new ChartSeries(name, [.. rows.Select(row => row.Time)], [.. rows.Select(row => row.Map50)]) { Colour = colour };
    }

    private static BarChart Kept(DemoResult result) => new("Old words kept", "% of the base's mAP",
    [
        new("joined model", Percent(result.Words.Joined), 2),
        new("adapter alone", Percent(result.Words.Adapted), 0),
        new("every weight trained", Percent(result.Words.Full), 1),
    ]);

    private static TableBlock Memory(DemoResult result)
    {
        JoinReport join = result.Adaptation.Join!;
        return new(
            [TableColumn.Text("model"), new("old words kept"), new("mAP, old words"), new("mAP50, new defects"), new("GFLOP")],
            [
                ["the base", "100 %", ScoreText.Of(result.Words.Base.Map), ScoreText.Of(result.Adaptation.ZeroShot.Map50), Text($"{join.GflopsBase:0.00}")],
                ["adapter alone", Text($"{result.Words.Adapted.Figure:0 %}"), ScoreText.Of(result.Words.Adapted.After), ScoreText.Of(result.Adaptation.Adapted.Map50), Text($"{join.GflopsBefore - join.GflopsBase:0.00}")],
                ["every weight trained", Text($"{result.Words.Full.Figure:0 %}"), ScoreText.Of(result.Words.Full.After), ScoreText.Of(result.FullScores.Map50), Text($"{join.GflopsBase:0.00}")],
                ["base and adapter, joined", Text($"{result.Words.Joined.Figure:0 %}"), ScoreText.Of(result.Words.Joined.After), ScoreText.Of(result.Words.JoinedNew.Map50), Text($"{join.GflopsAfter:0.00}")],
            ])
        {
            Emphasized = [3],
        };
    }

    private static TableBlock Times(DemoResult result) => new(
        [TableColumn.Text("step"), new("seconds")],
        [.. result.Times.Select(time => new[] { time.Step, Text($"{time.Seconds:0.0}") }), ["all", Text($"{result.Seconds:0.0}")]])
    {
        Emphasized = [result.Times.Count],
    };

    private static double Share(TrainingResult training) => (double)training.Summary.Trainable / training.Summary.Total;

    private static double Percent(Retention retention) => Math.Max(0, Math.Round(100 * retention.Figure));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
