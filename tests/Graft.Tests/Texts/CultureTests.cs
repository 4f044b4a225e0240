using System.Globalization;
using Graft.Configuration;
using Graft.Data;
using Graft.Evaluation;
using Graft.Reports;
using Graft.Runs;
using Graft.VisionLanguage;

namespace Graft.Tests.Texts;

/// <summary>Reading and writing do not depend on the culture of the application.</summary>
public sealed class CultureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CultureInfo _before = CultureInfo.CurrentCulture;

    public CultureTests()
    {
        // German number format and the Swedish minus sign, set by hand: the tests run without culture data.
        CultureInfo other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        other.NumberFormat.NumberDecimalSeparator = ",";
        other.NumberFormat.NumberGroupSeparator = ".";
        other.NumberFormat.PercentDecimalSeparator = ",";
        other.NumberFormat.NegativeSign = "\u2212";
        CultureInfo.CurrentCulture = other;
    }

    public void Dispose()
    {
        CultureInfo.CurrentCulture = _before;
        _folder.Dispose();
    }

    [Fact]
    public void Configurations_ReadBackTheSame()
    {
        Config<RunConfig> config = ConfigFile.Defaults<RunConfig>("train.lr=0.00025", "predict.score_threshold=0.5");
        string yaml = config.ToYaml();
        Assert.Contains("lr: 0.00025\n", yaml, StringComparison.Ordinal);
        Assert.DoesNotContain("\u2212", yaml, StringComparison.Ordinal);
        Assert.Equal(0.00025, ConfigFile.Parse<RunConfig>(yaml, "again").Value.Train.Lr);
        Assert.Equal(yaml, ConfigWriter.ToYaml(ConfigFile.Load<RunConfig>(_folder.Write("a.yaml", yaml)).Value));
        Assert.Contains("0.00025", ConfigWriter.ToJson(config.Value).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Results_ReadBackTheSame()
    {
        string path = _folder.At("results.csv");
        ResultsCsv.Write(path, [new ResultsRow { Epoch = 1, Time = 2.5, Map = 0.25, TrainBoxLoss = -1.5e-7, LearningRates = [1e-3] }]);
        Assert.Contains("1,2.5,-1.5E-07,", File.ReadAllText(path), StringComparison.Ordinal);
        ResultsRow row = Assert.Single(ResultsCsv.Read(path));
        Assert.Equal((2.5, 0.25, -1.5e-7), (row.Time, row.Map, row.TrainBoxLoss));
    }

    [Fact]
    public void Detections_ReadBackTheSame()
    {
        string path = _folder.At("results.json");
        CocoResult result = new(1, 2, -0.5, 1.25, 10.5, 20, 0.75);
        CocoResultFile.Write(path, [result]);
        Assert.Equal(result, Assert.Single(CocoResultFile.Read(path)));
        DataProblems problems = new("labels");
        Assert.Equal(0.25, YoloLabelFile.Read(_folder.Write("a.txt", "0 0.5 0.5 0.25 0.25"), 1, null, problems)[0].Box.Width, 1e-9);
    }

    [Fact]
    public void Messages_HavePoints()
    {
        GraftException error = Assert.Throws<GraftException>(() => ConfigFile.Defaults<RunConfig>("train.lr=-0,5"));
        Assert.Contains("'-0,5'", error.Message, StringComparison.Ordinal);
        Assert.Contains("fov_deg is 200.5", Assert.Throws<GraftException>(() => new PanoramaOptions { FovDegrees = 200.5 }.Checked()).Message, StringComparison.Ordinal);
        Assert.Contains("\"map\": 0.5", ReportJson.Write(new { Map = 0.5 }), StringComparison.Ordinal);
    }
}
