using System.Text.Json.Nodes;
using Graft.Adapters;
using Graft.Files;
using Graft.Models;
using Graft.Runs;
using Graft.Tests.Rewriting;
using Graft.Training;

namespace Graft.Tests.Runs;

/// <summary>What a weight file holds, what a configuration builds, and whether both fit.</summary>
public sealed class InspectionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WeightFile_TellsItsNetworkAndClasses()
    {
        using WeightFile file = WeightFile.Open(DetectorTests.WriteModel(_folder.At("model.safetensors")));
        WeightSummary summary = WeightSummary.Of(file);
        Assert.Equal((RandomNetworks.Small.Description, true), (summary.Network, summary.IsKnown));
        Assert.Equal(["scratch", "dent", "stain", "crack", "hole"], summary.ClassNames);
        Assert.Empty(summary.Globals);
    }

    [Fact]
    public void UnknownWeights_AreListedWithoutANetwork()
    {
        string path = _folder.At("own.npz");
        NpzWriter.Write(path, [WeightData.From("own", [1f, 2f], 2)]);
        using WeightFile file = WeightFile.Open(path);
        WeightSummary summary = WeightSummary.Of(file);
        Assert.Equal((null, false, 0), (summary.Network, summary.IsKnown, summary.ClassNames.Count));
    }

    [GoldenFact("yoloworld/a_v2_model")]
    public void GlobalsOfAPickle_BeginWithThoseOfNoLibrary()
    {
        using WeightFile file = WeightFile.Open(GoldenData.PathOf("yoloworld", "a_v2_model", "checkpoint.pth"));
        IReadOnlyList<string> globals = WeightSummary.Of(file).Globals;
        Assert.Equal(file.ForeignClasses.Count, globals.Count);
        int libraries = globals.TakeWhile(name => !name.StartsWith("torch.", StringComparison.Ordinal)).Count();
        Assert.All(globals.Skip(libraries), name => Assert.Contains('.', name));
    }

    [Fact]
    public void Configuration_TellsWhatIsTrainedAtWhichRate()
    {
        RunConfig config = new()
        {
            Model = RandomNetworks.Small,
            Train = new TrainOptions { Imgsz = 64, Lr = 0.01, WeightDecay = 0.05 },
            Tuning = new TuningOptions { Adapters = [new LoraOptions { Rank = 4, At = ["neck.out"], LrMult = 2 }] },
        };
        ConfigSummary summary = ConfigSummary.Of(config), layered = ConfigSummary.Of(config, withLayers: true);
        Assert.Equal(summary.Parameters.Trainable, summary.Groups.Sum(group => group.Values));
        Assert.Equal(summary.Parameters.Adapters, summary.Parameters.Trainable);
        Assert.All(summary.Groups, group => Assert.Equal(0.02, group.LearningRate, 12));
        Assert.Equal(summary.Parameters.Total + ModelSummary.TextEncoder, summary.Parameters.TotalWithText);
        Assert.InRange(summary.Work!.Share, 0.3, 1);
        Assert.Null(ConfigSummary.Of(config with { Tuning = null }).Work);
        Assert.Null(summary.Layers);
        Assert.NotEmpty(layered.Layers!.Rows);
        Assert.Equal(
            ["total", "total_with_text", "trainable", "adapters", "trainable_names", "without_effect", "groups", "work", "layers"], layered.ToJson().Select(field => field.Key));
    }

    [Fact]
    public void DetectorWithFixedClasses_HasNoTextTowerAndAPublishedForm()
    {
        ConfigSummary summary = ConfigSummary.Of(ConfigFinder.Load("yolov10/n", []).Value);
        Assert.Equal(summary.Parameters.Total, summary.Parameters.TotalWithText);
        JsonObject json = summary.ToJson();
        Assert.Equal(summary.Parameters.Total, json["total_with_text"]!.GetValue<long>());
        Assert.Equal(summary.Forms.Select(form => form.Name), json["forms"]!.AsObject().Select(form => form.Key));
    }

    [Fact]
    public void FileOfAnotherSize_IsSaidToBeOne()
    {
        using WeightFile file = WeightFile.Open(DetectorTests.WriteModel(_folder.At("model.safetensors")));
        ModelOptions other = ConfigFinder.Load("yolov10/n", []).Value.Model;
        ConfigComparison different = ConfigComparison.Between(file, other);
        Assert.False(different.Report.IsComplete);
        Assert.Contains(RandomNetworks.Small.Description, different.OtherSize, StringComparison.Ordinal);
    }
}
