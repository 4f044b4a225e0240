using Graft.Comparison;
using Graft.Data;
using Graft.Evaluation;

namespace Graft.Tests.Comparison;

/// <summary>What a comparison claims: differences that are there are found, and those that are not are not.</summary>
[SideBySide]
public class CompareStatisticsTests
{
    private const int Images = 120, Seeds = 3;

    private static readonly CocoGroundTruth Truth = new(
        [.. Enumerable.Range(1, Images).Select(id => (long)id)], [new CocoCategory(1, "scratch")],
        [.. Enumerable.Range(1, Images).Select(id => new CocoAnnotation(id, id, 1, 10, 10, 30, 30, 900))]);

    [Fact]
    public void ARealDifference_IsShown_AndTheBetterOneIsTaken()
    {
        CompareStatistics found = Compare(("small", 10, 0.85), ("large", 1000, 0.6));
        Assert.Equal("small", found.Recommended);
        Assert.True(found.Strategies[1].ToBaseline.IsShown && found.Strategies[1].ToBaseline.Value < -0.1);
        Assert.Contains("Every other strategy is worse by more than chance explains", found.Conclusions[1], StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutADifference_TheCheaperOneIsTaken_AndThatIsSaid()
    {
        CompareStatistics found = Compare(("large", 1000, 0.805), ("small", 10, 0.8));
        Assert.Equal("small", found.Recommended);
        Assert.False(found.Strategies[1].ToBaseline.IsShown);
        Assert.Contains("No difference between small and large can be shown with 120 validation images and 3 seeds", found.Conclusions[1], StringComparison.Ordinal);
        Assert.Contains("Against large: ", found.Conclusions[2], StringComparison.Ordinal);
        Assert.Contains("no difference can be shown", found.Conclusions[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Intervals_HoldTheTruth_InAboutNineteenOfTwentyComparisons()
    {
        int held = Enumerable.Range(0, 60).Count(round =>
        {
            CompareStatistics found = Compare(round, ("one", 1, 0.7), ("other", 2, 0.7));
            EstimateRange range = found.Strategies[1].ToBaseline.Range!;
            return range.Low <= 0 && range.High >= 0;
        });
        Assert.InRange(held, 52, 60);           // 57 expected; below 52 by chance once in seventy
    }

    [Fact]
    public void StrategiesThatFindNothing_AreNotRecommended()
    {
        CompareStatistics found = Compare(("small", 10, 0), ("large", 1000, 0));
        Assert.False(found.IsUsable);
        Assert.StartsWith("Take none of them yet: small, ", found.Conclusions[0], StringComparison.Ordinal);
        Assert.True(Compare(("small", 10, 0.5), ("large", 1000, 0.5)).IsUsable);
    }

    [Fact]
    public void TooFewImages_GiveNoIntervals_AndNoClaim()
    {
        ComparePlan plan = Plan(("a", 10, 0.9), ("b", 20, 0.5)) with { ValImages = 9 };
        CellResult[] cells = [.. plan.Strategies.Select((strategy, i) => Cell(strategy.Name, 0, 0.9 - (0.4 * i)))];
        CompareStatistics found = CompareStatistics.Of(plan with { Seeds = 1 }, cells, _ => throw new InvalidOperationException());
        Assert.All(found.Strategies, one => Assert.Null(one.Map50.Range));
        Assert.Equal("a", found.Recommended);
        Assert.Contains("too few to tell", found.Conclusions[1], StringComparison.Ordinal);
        Assert.Contains("another seed may change the order", found.Conclusions[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.9, true)]
    [InlineData(0.61, false)]
    public void MoreImages_AreAdvisedWhereTheyHelped(double whole, bool help)
    {
        ComparePlan plan = Plan(("a", 10, 0), ("b", 20, 0)) with { Fractions = [0.3, 1] };
        List<CellResult> cells = [];
        Dictionary<CellResult, CocoResult[]> found = new(ReferenceEqualityComparer.Instance);
        foreach (CompareCell cell in plan.Cells())
        {
            CellResult result = Cell(cell.Strategy.Name, cell.Seed, 0) with { Fraction = cell.Fraction };
            found[result] = Detections(cell.Fraction == 1 ? whole : 0.6, cell.Seed, 0);
            result = result with { Map50 = CocoEvaluator.Evaluate(Truth, found[result]).Map50 };
            found[result] = Detections(cell.Fraction == 1 ? whole : 0.6, cell.Seed, 0);
            cells.Add(result);
        }

        CompareStatistics statistics = CompareStatistics.Of(plan, cells, cell => CocoResampling.Of(Truth, found[cell]));
        Assert.Equal(4, statistics.Fractions.Count);
        Assert.Contains(help ? "more images should help" : "no gain from more images can be shown", statistics.Conclusions[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Cells_TakeAsManySteps_WithFewerImages()
    {
        ComparePlan plan = Plan(("a", 10, 0)) with { Fractions = [0.1, 1], TrainImages = 240 };
        CompareCell[] cells = [.. plan.Cells()];
        Assert.Equal([1, 0.1, 1, 0.1, 1, 0.1], cells.Select(cell => cell.Fraction));
        Assert.Equal((240, 40), (cells[0].Images(240), cells[0].Epochs(240)));
        Assert.Equal((24, 400), (cells[1].Images(240), cells[1].Epochs(240)));
        Assert.Equal(Path.Combine("cells", "a", "seed0-0.1"), cells[1].Folder);
    }

    private static CompareStatistics Compare(params (string Name, long Trainable, double Recall)[] strategies) => Compare(0, strategies);

    private static CompareStatistics Compare(int round, params (string Name, long Trainable, double Recall)[] strategies)
    {
        ComparePlan plan = Plan(strategies);
        Dictionary<CellResult, CocoResult[]> found = new(ReferenceEqualityComparer.Instance);
        foreach (((string name, _, double recall), int i) in strategies.Select((one, i) => (one, i)))
        {
            for (int seed = 0; seed < Seeds; seed++)
            {
                CocoResult[] boxes = Detections(recall, seed, (100 * round) + i + 1);
                found[Cell(name, seed, CocoEvaluator.Evaluate(Truth, boxes).Map50)] = boxes;
            }
        }

        return CompareStatistics.Of(plan, [.. found.Keys], cell => CocoResampling.Of(Truth, found[cell]));
    }

    private static CocoResult[] Detections(double recall, int seed, int salt)
    {
        SplitMix64 random = SplitMix64.For(seed, salt, 5);
        return [.. Truth.Annotations.Where(_ => random.Uniform() < recall).Select(box => new CocoResult(box.ImageId, 1, box.X, box.Y, box.Width, box.Height, random.Uniform()))];
    }

    private static ComparePlan Plan(params (string Name, long Trainable, double Recall)[] strategies) => new()
    {
        Data = "data",
        Base = "base",
        BaseHash = new string('0', 64),
        Model = "model",
        Classes = ["scratch"],
        TrainImages = 200,
        ValImages = Images,
        ValBoxes = Images,
        Seeds = Seeds,
        Fractions = [1],
        Command = "graft compare",
        Revision = "",
        Machine = "",
        Strategies = [.. strategies.Select(one => new PlannedStrategy
        {
            Name = one.Name,
            Source = one.Name,
            Tuning = "",
            Trainable = one.Trainable,
            Total = 10_000,
            Epochs = 40,
            Batch = 8,
            Views = 0,
            ImagesPerSecond = 10,
            ValImagesPerSecond = 10,
            Megabytes = 1,
        })],
    };

    private static CellResult Cell(string name, int seed, double map50) => new()
    {
        Strategy = name,
        Seed = seed,
        Fraction = 1,
        Images = 200,
        Epochs = 40,
        BestEpoch = 40,
        Seconds = 60,
        SharedSeconds = 0,
        Map50 = map50,
        Map = map50,
        PerClass = [],
        Curve = [new(0.5, map50), new(1, map50)],
        FileBytes = 1000,
        GflopsBefore = 1,
        GflopsAfter = 1,
        Merged = 0,
        Left = 0,
        LargestGradient = 1,
        SkippedSteps = 0,
    };
}
