using Graft.Reports;
using Graft.Reports.Pages;

namespace Graft.Tests.Reports;

[SideBySide]
public class BestEpochTests
{
    [Fact]
    public void OfEqualEpochs_TheLastIsBest_AsInTraining()
        => Assert.Equal(3, ResultsRow.Best([Row(1, 0.2), Row(2, 0.5), Row(3, 0.5), Row(4, double.NaN)])!.Epoch);

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void WhereNothingWasMeasured_NoEpochIsCalledBest(double undefined)
    {
        ResultsRow[] rows = [Row(1, undefined), Row(2, undefined)];
        Assert.Null(ResultsRow.Best(rows));
        string text = MarkdownView.Of(RunPage.Of(new RunReport { Name = "run", Command = "graft train", Results = rows }));
        Assert.DoesNotContain("best epoch", text, StringComparison.OrdinalIgnoreCase);
        Assert.All(TrainingCurves.Of(rows), chart => Assert.Null(chart.Mark));
    }

    private static ResultsRow Row(int epoch, double map) => new() { Epoch = epoch, Map50 = map, Map = map };
}
