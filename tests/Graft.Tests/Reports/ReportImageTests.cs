using Graft.Data;
using Graft.Detectors;
using Graft.Drawing;
using Graft.Evaluation;
using Graft.Reports;
using Graft.Reports.Charts;
using Graft.Torch.Images;

namespace Graft.Tests.Reports;

[SideBySide]
public class ReportImageTests
{
    [Fact]
    public void Sheet_KeepsAspectRatiosAndDoesNotChangeTheImages()
    {
        using Image wide = new(200, 100, Colour.Rgb(200, 30, 30));
        using Image grey = new(50, 100, Colour.Grey(90), channels: 1);
        DrawnBox[] boxes = [new(new Box(10, 10, 60, 60), 0)];
        using Image sheet = ContactSheet.Draw(
            [new SheetTile(wide, "wide.jpg", boxes), new SheetTile(grey, "grey.png", [])], ["spot"], columns: 2, side: 100);
        Assert.Equal((218, 134), (sheet.Width, sheet.Height));
        int red = CountOf(sheet, (30, 30, 200));
        Assert.InRange(red, 100 * 50 * 0.6, 100 * 50);
        Assert.InRange(CountOf(sheet, (90, 90, 90)), (50 * 100) - 200, (50 * 100) + 200);
        Assert.Equal(200 * 100, CountOf(wide, (30, 30, 200)));
    }

    [Fact]
    public void Pairs_ShowAnnotationsLeftAndDetectionsRight()
    {
        using Image image = new(100, 100, Colour.Grey(128));
        using Image sheet = ContactSheet.DrawPairs(
            [new ImagePair(image, "a.jpg", [new(new Box(20, 40, 60, 80), 0)], [new(new Box(20, 40, 60, 80), 1, 0.9)])],
            ["crack", "stain"]);
        Ink truth = Palette.Of(0);
        Ink found = Palette.Of(1);
        Assert.True(MeanX(sheet, truth) < sheet.Width / 2.0);
        Assert.True(MeanX(sheet, found) > sheet.Width / 2.0);
    }

    [Fact]
    public void LabelOverview_CountsEveryBox()
    {
        LabelledObject[] objects =
        [
            new(0, new Box(0, 0, 10, 20), 100, 100), new(1, new Box(50, 50, 70, 60), 100, 200), new(1, new Box(0, 0, 50, 10), 100, 100),
        ];
        LabelOverview overview = new(["scratch", "dent", "hole"], objects);
        Assert.Equal([1, 2, 0], overview.Counts.Bars.Select(bar => bar.Value));
        Assert.Equal([0.2, 0.5], overview.Sizes.Series[1].X);
        Assert.Equal([0.275, 0.05], overview.Centres.Series[1].Y);
        using Image image = overview.Draw();
        Assert.True(image.Width > image.Height);
        using Image empty = new LabelOverview(["scratch"], []).Draw();
        Assert.True(empty.Width > 0);
    }

    [Fact]
    public void DetectionCurves_AgreeWithTheScores()
    {
        CocoScores scores = CocoEvaluator.Evaluate(
            CocoGroundTruth.From(CocoFile.Read(Shared.Golden("coco", "main_gt.json"))),
            CocoResultFile.Read(Shared.Golden("coco", "main_detections.json")));
        Chart chart = DetectionCurves.PrecisionOverRecall(scores);
        ChartSeries mean = chart.Series[^1];
        Assert.Equal(SeriesStyle.Bold, mean.Style);
        Assert.Equal(scores.Map50, mean.Y.Average(), 9);

        Chart f1 = DetectionCurves.F1OverScore(scores);
        ChartSeries all = f1.Series[^1];
        Assert.Equal(all.Y.Max(), f1.Mark!.Y);
        Chart recall = DetectionCurves.RecallOverScore(scores);
        Assert.All(recall.Series, series => Assert.Equal(series.Y.OrderDescending(), series.Y));
        PrecisionRecallCurve first = Enumerable.Range(0, scores.Curves.Classes)
            .Select(k => scores.Curves.Curve(k)).OfType<PrecisionRecallCurve>().First();
        Assert.Equal(first.Best().F1, f1.Series[0].Y.Max(), 2);
    }

    private static int CountOf(Image image, (byte Blue, byte Green, byte Red) wanted)
    {
        int count = 0;
        for (int y = 0; y < image.Height; y++)
        {
            Span<byte> row = image.Row(y);
            for (int x = 0; x < image.Width; x++)
            {
                count += row[3 * x] == wanted.Blue && row[(3 * x) + 1] == wanted.Green && row[(3 * x) + 2] == wanted.Red ? 1 : 0;
            }
        }

        return count;
    }

    private static double MeanX(Image image, Ink ink)
    {
        List<int> found = [];
        for (int y = 0; y < image.Height; y++)
        {
            Span<byte> row = image.Row(y);
            for (int x = 0; x < image.Width; x++)
            {
                if (row[3 * x] == ink.Blue && row[(3 * x) + 1] == ink.Green && row[(3 * x) + 2] == ink.Red)
                {
                    found.Add(x);
                }
            }
        }

        return found.Average();
    }
}
