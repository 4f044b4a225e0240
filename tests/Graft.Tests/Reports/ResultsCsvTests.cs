using Graft.Reports;
using Graft.Reports.Charts;
using Graft.Torch.Images;

namespace Graft.Tests.Reports;

[SideBySide]
public sealed class ResultsCsvTests : IDisposable
{
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("graft-results").FullName, "results.csv");

    [Fact]
    public void Write_IsReadBack()
    {
        ResultsRow row = new()
        {
            Epoch = 3,
            Time = 12.5,
            TrainBoxLoss = 1.25,
            TrainClassLoss = 2.5,
            TrainDistributionLoss = 0.75,
            Precision = 0.5,
            Recall = 0.25,
            Map50 = 0.44,
            Map = 0.196,
            ValBoxLoss = 1.5,
            LearningRates = [2e-4, 1e-5],
        };
        ResultsCsv.Write(_path, [row]);
        Assert.Equal(
            "3,12.5,1.25,2.5,0.75,0.5,0.25,0.44,0.196,1.5,nan,nan,0.0002,1E-05,1E-05", File.ReadAllLines(_path)[1]);
        ResultsRow back = Assert.Single(ResultsCsv.Read(_path));
        Assert.Equal([2e-4, 1e-5, 1e-5], back.LearningRates);
        Assert.Equal(row with { LearningRates = [] }, back with { LearningRates = [] });
    }

    [Fact]
    public void Read_UnderstandsPaddedFilesOfOtherTools()
    {
        File.WriteAllText(_path, """
                             epoch,      train/box_loss,   metrics/mAP50(B),             lr/pg0
                                 0,              1.2345,              0.333,             0.0001
                                 1,                 nan,              0.444,             0.0002

            """);
        IReadOnlyList<ResultsRow> rows = ResultsCsv.Read(_path);
        Assert.Equal([0, 1], rows.Select(row => row.Epoch));
        Assert.Equal(1.2345, rows[0].TrainBoxLoss);
        Assert.Equal(double.NaN, rows[1].TrainBoxLoss);
        Assert.Equal(0.444, rows[1].Map50);
        Assert.Equal(double.NaN, rows[1].Map);
        Assert.Equal(0.0002, rows[1].LearningRates[0]);
    }

    [Theory]
    [InlineData("", "'epoch'")]
    [InlineData("time,loss\n1,2", "'epoch'")]
    [InlineData("epoch,time\n1,soon", "line 2, column time is 'soon'")]
    [InlineData("epoch,time\n1,2\n\n2,soon", "line 4, column time is 'soon'")]
    [InlineData("epoch,time\n1,2\n1,5,3", "line 3 has 3 values; the header has 2")]
    [InlineData("epoch,time\n1.5,2", "line 2, column epoch is 1.5")]
    [InlineData("epoch,time\n1,2\n2,\"3", "line 3 has a quote")]
    public void Read_NamesWhatIsWrong(string text, string expected)
    {
        File.WriteAllText(_path, text);
        GraftException error = Assert.Throws<GraftException>(() => ResultsCsv.Read(_path));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_UnderstandsQuotedValues()
    {
        File.WriteAllText(_path, "\"epoch\",\"metrics/mAP50(B)\"\r\n\"1\",\"0.5\"\r\n");
        ResultsRow row = Assert.Single(ResultsCsv.Read(_path));
        Assert.Equal((1, 0.5), (row.Epoch, row.Map50));
    }

    [Fact]
    public void Read_OfAMissingFileNamesIt()
        => Assert.Contains("results.csv", Assert.Throws<GraftException>(() => ResultsCsv.Read(_path)).Message, StringComparison.Ordinal);

    [Fact]
    public void Curves_SkipUnmeasuredValuesAndMarkTheBest()
    {
        ResultsRow[] rows = [.. Enumerable.Range(1, 5).Select(i => new ResultsRow
        {
            Epoch = i,
            TrainBoxLoss = 1.0 / i,
            Map50 = i * 0.1,
            Map = i == 4 ? 0.3 : 0.1,
            LearningRates = [1e-3, 1e-3, 1e-4],
        })];
        IReadOnlyList<Chart> charts = TrainingCurves.Of(rows);
        Assert.Equal(["Box loss", "Mean average precision", "Learning rate"], charts.Select(chart => chart.Title));
        Assert.Equal(["training"], charts[0].Series.Select(series => series.Name));
        Assert.Equal(new ChartMark(4, 0.3, "best 0.300 in epoch 4"), charts[1].Mark);
        Assert.Equal(["group 0", "group 2"], charts[2].Series.Select(series => series.Name));
        using Image image = TrainingCurves.Draw(rows);
        Assert.True(image.Width > 3 * 500);
        using Image empty = TrainingCurves.Draw([]);
        Assert.True(empty.Width > 0);
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);
}
