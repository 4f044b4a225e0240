using Graft.Detectors;
using Graft.Files;
using Graft.Models;
using Graft.Models.Ultralytics;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;
using Graft.Runs;
using Graft.Testing;
using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Weights;
using V10 = Graft.Models.YoloV10.YoloV10;
using World = Graft.Models.YoloWorld.YoloWorld;

namespace Graft.Tests.Models;

/// <summary>Files without a configuration are recognised by their names and shapes.</summary>
public sealed class ModelFamiliesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 0.25, 0.33, 1024, "", "YOLO-World v1, size N")]
    [InlineData(2, 0.5, 0.33, 1024, "model.", "YOLO-World v2, size S")]
    [InlineData(2, 0.3, 0.5, 640, "module._orig_mod.", "YOLO-World v2, a size of its own")]
    public void OfficialNames_TellTheSizesOfAYoloWorld(int version, double widen, double deepen, int last, string prefix, string described)
    {
        YoloWorldOptions options = new() { Version = version, WidenFactor = widen, DeepenFactor = deepen, LastStageOutChannels = last, TextDim = 64 };
        using World model = new(options);
        using WeightFile file = Write(model, prefix);
        YoloWorldOptions found = Assert.IsType<YoloWorldOptions>(ModelFamilies.TryRecognise(file));
        Assert.Contains(described, found.Description, StringComparison.Ordinal);
        using World again = new(found);
        Assert.True(again.LoadWeights(file).IsComplete);
        Assert.Null(UltralyticsFile.TryRead(file));
    }

    [Fact]
    public void UltralyticsNames_InAWrapper_AreAYoloWorldToo()
    {
        using World model = new(new YoloWorldOptions { WidenFactor = 0.25, TextDim = 64 });
        string path = _folder.At("world.safetensors");
        using (TensorScope.Begin())
        {
            SafeTensorsWriter.Write(path, YoloV8WorldNames.StateDict(model).Select(entry => WeightData.From("model." + entry.Name, entry.Value)));
        }

        using WeightFile file = WeightFile.Open(path);
        UltralyticsFile found = UltralyticsFile.TryRead(file)!;
        using World again = new(Assert.IsType<YoloWorldOptions>(found.Model));
        Assert.True(again.LoadWeights(file, found.Map).IsComplete);
    }

    [Fact]
    public void AnotherSize_IsNamedWithItsConfiguration_AndAnotherFamilyToo()
    {
        using World model = new(new YoloWorldOptions { WidenFactor = 0.25 });
        using WeightFile file = Write(model, "");
        (string message, string hint) = ModelFamilies.Difference(file, null, new YoloWorldOptions())!.Value;
        Assert.Contains("is YOLO-World v2, size N (widen 0.25", message, StringComparison.Ordinal);
        Assert.Contains("the configuration is YOLO-World v2, size S", message, StringComparison.Ordinal);
        Assert.Contains("yolo_world/v2_n", hint, StringComparison.Ordinal);
        Assert.Contains("YOLOv10, size N", ModelFamilies.Difference(file, null, new YoloV10Options())!.Value.Message, StringComparison.Ordinal);
        Assert.Null(ModelFamilies.Difference(file, null, new YoloWorldOptions { WidenFactor = 0.25 }));
    }

    [Fact]
    public void ABaseOfAnotherSize_IsRefusedInFewLines()
    {
        using World model = new(new YoloWorldOptions { WidenFactor = 0.25 }), other = new(new YoloWorldOptions());
        using WeightFile file = Write(model, "");
        GraftException error = Assert.Throws<GraftException>(() => BaseFile.Load(other, file.Path, other.Options));
        Assert.StartsWith($"{file.Path} is YOLO-World v2, size N", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Split('\n').Length, 2, 10);
        Assert.NotNull(error.Details);
    }

    [Theory]
    [InlineData("model.22.cv2.0.0.conv.weight", "YOLOv8")]
    [InlineData("model.24.m.0.weight", "YOLOv5")]
    [InlineData("model.model.24.m.0.weight", "YOLOv5")]
    public void OtherFamilies_AreNamed(string name, string family)
    {
        string path = _folder.At("other.safetensors");
        SafeTensorsWriter.Write(path, [WeightData.From(name, new float[4], 4)]);
        using WeightFile file = WeightFile.Open(path);
        Assert.Equal(family, ModelFamilies.OtherFamily(file));
        GraftException error = Assert.Throws<GraftException>(() => TrainedModel.Open(path, []));
        Assert.Contains($"is {family}, which Graft does not implement", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{0: 'scratch', 1: \"dent\"}")]
    [InlineData("{\"0\": \"scratch\", \"1\": \"dent\"}")]
    [InlineData("['scratch', 'dent']")]
    public void ClassNamesBesideTheWeights_AreUsed(string names)
    {
        using V10 model = new(new YoloV10Options { Nc = 2 });
        string path = _folder.At("named.safetensors");
        SafeTensorsWriter.Write(path, model.StateDict().Select(entry => WeightData.From(entry.Name, entry.Value)), new Dictionary<string, string> { ["names"] = names });
        using WeightFile file = WeightFile.Open(path);
        Assert.Equal(["scratch", "dent"], UltralyticsFile.TryRead(file)!.Names);
    }

    [Fact]
    public void AnAdapterFile_IsNoModel()
    {
        string path = _folder.At("adapter.safetensors");
        SafeTensorsWriter.Write(path, [WeightData.From("a", new float[4], 4)], new Dictionary<string, string> { ["format"] = "graft-adapter", ["base_sha256"] = "0123456789abcdef" });
        GraftException error = Assert.Throws<GraftException>(() => TrainedModel.Open(path, []));
        Assert.Contains("adapter file", error.Message, StringComparison.Ordinal);
        Assert.Contains("--adapter", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void StandIns_ThatWereNotLearned_AreNamed()
    {
        Vocabulary learned = Vocabulary.StandIn(["disc", "square"], 16);
        Vocabulary judged = StandIns.Resolve(Vocabulary.StandIn(["car", "Disc", "square"], 16), learned);
        Assert.Equal(["car", "Disc"], judged.WithoutMeaning);
        Assert.Contains("only disc and square were learned (did you mean disc?)", Assert.Single(judged.Notes), StringComparison.Ordinal);
        Assert.Empty(StandIns.Resolve(Vocabulary.StandIn(["square"], 16), learned).WithoutMeaning);
        Assert.Empty(StandIns.Resolve(Vocabulary.StandIn(["car"], 16) with { Source = "words.npy" }, learned).WithoutMeaning);
    }

    private WeightFile Write(Module model, string prefix)
    {
        string path = _folder.At("weights.safetensors");
        SafeTensorsWriter.Write(path, model.StateDict().Select(entry => WeightData.From(prefix + entry.Name, entry.Value)));
        return WeightFile.Open(path);
    }
}
