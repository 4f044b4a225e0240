using Graft.Files;
using Graft.Models.Ultralytics;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;
using Graft.Rewriting;
using Graft.Testing;
using Graft.Tests.Models.YoloV10;
using Graft.Torch;
using Graft.Torch.Weights;
using V10 = Graft.Models.YoloV10.YoloV10;

namespace Graft.Tests.Models.Ultralytics;

public sealed class UltralyticsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SharedTheory, InlineData("yolov10n_128", "stripped.pt", 80), InlineData("tiny_m", "last.pt", 3)]
    public void CheckpointOfYoloV10_GivesItsSizesNamesAndSettings(string folder, string weights, int classes)
    {
        using WeightFile file = WeightFile.Open(Golden.PathOf("yolov10", folder, weights));
        UltralyticsFile found = UltralyticsFile.TryRead(file)!;
        Assert.Equal(YoloV10Tests.Options(folder), found.Model);
        Assert.Equal(Enumerable.Range(0, classes).Select(label => $"class{label:00}"), found.Names);
        Assert.Equal([8, 16, 32], found.Strides);
        Assert.Equal("detect", found.TrainArguments["task"]);
        Assert.Equal("128", found.TrainArguments["imgsz"]);
        Assert.Null(found.TextFeatures);
    }

    [SharedTheory, InlineData("worldv1_tiny", 1), InlineData("worldv2_tiny", 2)]
    public void StateDictOfYoloV8World_IsAYoloWorld(string folder, int version)
    {
        using WeightFile file = WeightFile.Open(Golden.PathOf("yolov8_world", folder, "fork_state_dict.pth"));
        UltralyticsFile found = UltralyticsFile.TryRead(file)!;
        Assert.Equal(version, Assert.IsType<YoloWorldOptions>(found.Model).Version);
        Assert.Empty(found.Names);
    }

    [Theory]
    [InlineData(YoloV10Scale.N, false, true), InlineData(YoloV10Scale.S, false, true), InlineData(YoloV10Scale.M, true, true)]
    [InlineData(YoloV10Scale.B, false, false), InlineData(YoloV10Scale.L, true, false)]
    public void WeightsAlone_GiveThePublishedSizesAndForms(YoloV10Scale scale, bool folded, bool oneToMany)
    {
        YoloV10Options options = new() { Scale = scale, Nc = 2, Form = new YoloV10Form(folded, oneToMany) };
        using V10 model = new(options);
        string path = _folder.At("weights.safetensors");
        SafeTensorsWriter.Write(path, model.StateDict().Select(entry => WeightData.From(entry.Name, entry.Value)));
        using WeightFile file = WeightFile.Open(path);
        Assert.Equal(options, UltralyticsFile.TryRead(file)!.Model);
    }

    [Fact]
    public void WeightsOfAnUnpublishedSize_AreRefusedWithAHint()
    {
        using V10 model = new(new YoloV10Options { Scale = YoloV10Scale.M, Width = 0.3, Nc = 2 });
        string path = _folder.At("weights.safetensors");
        SafeTensorsWriter.Write(path, model.StateDict().Select(entry => WeightData.From(entry.Name, entry.Value)));
        using WeightFile file = WeightFile.Open(path);
        GraftException error = Assert.Throws<GraftException>(() => UltralyticsFile.TryRead(file));
        Assert.Equal(Failure.Model, error.Failure);
        Assert.Contains("model.width", error.Hint, StringComparison.Ordinal);
    }

    [SharedFact]
    public void FoldedWeights_LoadAndMatchTheUnfoldedModel()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using V10 model = YoloV10Tests.Open("yolov10n_128"), folded = Deployment.Of(model, oneToMany: true);
        string path = _folder.At("folded.safetensors");
        SafeTensorsWriter.Write(path, folded.StateDict().Select(entry => WeightData.From(entry.Name, entry.Value)));
        using WeightFile file = WeightFile.Open(path);
        using V10 loaded = new(Assert.IsType<YoloV10Options>(UltralyticsFile.TryRead(file)!.Model));
        loaded.LoadWeights(file).ThrowUnlessComplete();
        Tensor image = Tensor.Rand(1, 3, 64, 64);
        Assert.Equal(folded.ForwardOneToOne(image).Logits[0].ToDoubles(), loaded.ForwardOneToOne(image).Logits[0].ToDoubles());
    }

    [SharedFact]
    public void OtherFiles_AreNotOfThisFamily()
    {
        using WeightFile file = WeightFile.Open(Golden.PathOf("yoloworld", "a_v2_model", "checkpoint.pth"));
        Assert.Null(UltralyticsFile.TryRead(file));
    }
}
