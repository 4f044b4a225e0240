using Graft.Configuration;
using Graft.Detectors;
using Graft.Files;
using Graft.Models;
using Graft.Models.YoloV10;
using Graft.Parity;
using Graft.Runs;
using Graft.Tests.Models;
using Graft.Tests.Models.YoloV10;
using Graft.Torch;

namespace Graft.Tests.Runs;

[Trait("Kind", "Parity")]
public class YoloV10RunTests
{
    [SharedTheory, InlineData("yolov10n_128", "stripped.pt"), InlineData("tiny_m", "last.pt")]
    public void RawForward_GivesEveryRecordedResultOfTheOriginal(string folder, string weights)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightFile golden = WeightFile.Open(Golden.PathOf("yolov10", folder, "inference.npz"));
        RunConfig config = new() { Model = YoloV10Tests.Options(folder) };
        Dictionary<string, Tensor> results = RawForward.Run(
            config, Golden.PathOf("yolov10", folder, weights), new Dictionary<string, Tensor> { ["image"] = Golden.Of(golden["input"]) })
            .ToDictionary(result => result.Name, result => result.Value);
        foreach (WeightEntry entry in golden.Entries.Where(entry => entry.Name != "input"))
        {
            if (entry.Name.StartsWith("final", StringComparison.Ordinal) || entry.Name.StartsWith("export", StringComparison.Ordinal))
            {
                Assert.Equal(entry.Shape, results[entry.Name].Shape);                     // neighbours may swap
            }
            else
            {
                Golden.Close(golden, entry.Name, results[entry.Name], 2e-2);
            }
        }

        Assert.Equal(17, results.Keys.Count(name => name.StartsWith("layer.", StringComparison.Ordinal)));
    }

    [SharedTheory, InlineData("yolov10n_128", "stripped.pt"), InlineData("tiny_m", "last.pt")]
    public void OfficialFile_OpensWithoutAConfiguration(string folder, string weights)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using WeightFile golden = WeightFile.Open(Golden.PathOf("yolov10", folder, "inference.npz"));
        using TrainedModel model = TrainedModel.Open(Golden.PathOf("yolov10", folder, weights), []);
        YoloV10Detector detector = Assert.IsType<YoloV10Detector>(model.Detector);
        Assert.Equal("class01", model.Vocabulary.Names[1]);
        Assert.Equal(1, model.Report.Coverage);
        Tensor input = Golden.Of(golden["input"]);
        Fitting fitting = Fitting.None((int)input.Size(3), (int)input.Size(2));
        int[] expected = Golden.Ints(YoloV10Tests.Inference(folder).GetProperty("predict_conf_025"));
        PostProcessOptions options = new() { ScoreThreshold = 0.25 };
        Assert.Equal(expected, detector.Detect(input, [fitting, fitting], options).Select(found => found.Length));
    }

    [SharedFact]
    public void BaseWithOtherClasses_GivesEverythingButTheClassifiers()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using IDetector detector = DetectorFactory.Create(new YoloV10Options { Nc = 3 }, new Vocabulary(["a", "b", "c"], null, "test"));
        LoadReport report = BaseFile.Load(detector.Network, Golden.PathOf("yolov10", "yolov10n_128", "stripped.pt"), new YoloV10Options { Nc = 3 });
        Assert.Equal(102, report.Missing.Count);
        Assert.All(report.Missing, missing => Assert.Contains("cv3.", missing.Name, StringComparison.Ordinal));
        using WeightFile file = WeightFile.Open(Golden.PathOf("yolov10", "yolov10n_128", "stripped.pt"));
        Assert.Equal(file["model.0.conv.weight"].ToDoubles(), detector.Network.StateDict().First().Value.ToDoubles());

        using IDetector other = DetectorFactory.Create(new YoloV10Options { Scale = YoloV10Scale.S }, DetectorFactory.Unnamed(new YoloV10Options()));
        string path = Golden.PathOf("yolov10", "yolov10n_128", "stripped.pt");
        Assert.Equal(Failure.Model, Assert.Throws<GraftException>(() => BaseFile.Load(other.Network, path, new YoloV10Options { Scale = YoloV10Scale.S })).Failure);
    }

    [Fact]
    public void Configuration_SurvivesWritingAndReading()
    {
        RunConfig config = new() { Model = new YoloV10Options { Scale = YoloV10Scale.M, Width = 0.167, Nc = 3 } };
        Assert.Equal(config.Model, Checkpoint.Changed(config, []).Model);
        Assert.Equal(5, Assert.IsType<YoloV10Options>(Checkpoint.Changed(config, ["model.nc=5"]).Model).Nc);
        Assert.Contains("kind: yolov10", ConfigWriter.ToYaml(config), StringComparison.Ordinal);
        Assert.DoesNotContain("folded", ConfigWriter.ToYaml(config), StringComparison.Ordinal);
    }

    [Fact]
    public void Detectors_AreBuiltForTheNumberOfClasses()
    {
        ModelOptions options = new YoloV10Options().WithClasses(2);
        using IDetector detector = DetectorFactory.Create(options, new Vocabulary(["scratch", "dent"], null, "test"));
        Assert.Equal(["scratch", "dent"], detector.Names);
        Assert.True(detector.Network.StateDict().First().Value.IsContiguous(MemoryFormat.ChannelsLast));
    }
}
