using Graft.Adapters;
using Graft.Data;
using Graft.Detectors;
using Graft.Models;
using Graft.Models.YoloV10;
using Graft.Tests.Rewriting;
using Graft.Torch;
using Graft.Training;

namespace Graft.Tests.Training;

/// <summary>A step on kept features is the step on their images.</summary>
public class FrozenFeaturesTests
{
    private const int Side = 96, Images = 3;

    private static readonly Targets Boxes = new(Images, [new(0, 0, 8, 8, 40, 48), new(1, 1, 10, 20, 80, 90), new(1, 2, 50, 4, 90, 30)]);

    public static TheoryData<string, ModelOptions, TuningOptions, int> Cases => new()
    {
        { "neck", RandomNetworks.Small with { Version = 2 }, Lora("neck.**"), 1 },
        { "head", RandomNetworks.Small with { Version = 2 }, Lora("head.**"), 2 },
        { "head of v1", RandomNetworks.Small with { Version = 1 }, Lora("head.**"), 2 },
        { "neck of v10", new YoloV10Options { Nc = 3 }, Lora("layer.{13,16}"), 1 },
        { "head of v10", new YoloV10Options { Nc = 3 }, new() { Unfreeze = [new UnfreezeOptions { At = "model.23.**" }] }, 2 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void InFloat32_LossesAndGradientsAreThoseOfTheImages(string name, ModelOptions model, TuningOptions tuning, int stages)
    {
        using TensorScope scope = TensorScope.Begin();
        using IDetector detector = RandomNetworks.Tuned(model, tuning, out AttachedAdapters attached);
        TrainOptions options = new() { Imgsz = Side, FeatureCache = FeatureCache.Memory, FeatureCacheType = FeaturePrecision.Float32 };
        using TrainingStep step = new(detector, options, attached.Groups);
        FrozenFeatures features = new(detector, options, step, new FeatureMemory(0, _ => { }));
        Tensor pixels = (Tensor.Rand(Images, 3, Side, Side) * 255).To(DType.Byte);
        StageMaps kept = features.Join([.. Enumerable.Range(0, Images).Select(image => features.Compute(pixels.Narrow(0, image, 1)))]);
        Assert.Equal(stages, kept.Stage);

        (double[] losses, double[][] gradients) = Run(step, attached, StageMaps.Of(pixels));
        (double[] keptLosses, double[][] keptGradients) = Run(step, attached, kept);
        double largest = gradients.Max(one => one.Max(Math.Abs));
        Assert.All(losses.Zip(keptLosses), pair => Assert.Equal(pair.First, pair.Second, 1e-3 * (1 + Math.Abs(pair.First))));
        Assert.True(gradients.Zip(keptGradients).All(pair => pair.First.Zip(pair.Second, (a, b) => Math.Abs(a - b)).Max() < 1e-3 * largest), name);
    }

    [Fact]
    public void InBfloat16_MapsAreRoundedOnce()
    {
        using TensorScope scope = TensorScope.Begin();
        using IDetector detector = RandomNetworks.Tuned(
            RandomNetworks.Small with { Version = 2 }, Lora("neck.**"), out AttachedAdapters attached);
        Tensor pixels = (Tensor.Rand(1, 3, Side, Side) * 255).To(DType.Byte);
        IReadOnlyList<Tensor>[] maps = [.. new[] { FeaturePrecision.Float32, FeaturePrecision.Bfloat16 }.Select(type =>
        {
            TrainOptions options = new() { Imgsz = Side, FeatureCacheType = type };
            using TrainingStep step = new(detector, options, attached.Groups);
            FrozenFeatures features = new(detector, options, step, new FeatureMemory(0, _ => { }));
            return features.Join([features.Compute(pixels)]).Maps;
        })];
        Assert.All(maps[0].Zip(maps[1]), pair =>
        {
            Assert.Equal(DType.Float, pair.Second.DType);
            Assert.True(pair.Second.IsContiguous(MemoryFormat.ChannelsLast));
            Assert.Equal(pair.First.To(DType.BFloat16).ToDoubles(), pair.Second.ToDoubles());
        });
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    public void AStageThatReadsChangingText_IsNotKept(bool changes, int stages)
    {
        using IDetector detector = RandomNetworks.Tuned(
            RandomNetworks.Small with { Version = 2 }, Lora("head.**"), out _);
        Assert.Equal(stages, detector.Network.FrozenStages(changes));
        Assert.False(detector.TextChanges);
    }

    [Fact]
    public void ATrainedBackbone_IsRefused()
    {
        using IDetector detector = RandomNetworks.Tuned(
            RandomNetworks.Small with { Version = 2 }, Lora("backbone.**"), out _);
        GraftException error = Assert.Throws<GraftException>(() => FrozenFeatures.StagesOf(detector));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains("the backbone is trained", error.Message, StringComparison.Ordinal);
    }

    private static TuningOptions Lora(string at) => new() { Adapters = [new LoraOptions { At = [at] }] };

    private static (double[] Losses, double[][] Gradients) Run(TrainingStep step, AttachedAdapters attached, StageMaps input)
    {
        double[] losses = [.. step.Gradients(input, Boxes).Select(loss => loss.Value)];
        double[][] gradients = [.. attached.Groups.Select(group => group.Parameter.Value.Grad?.ToDoubles() ?? [0])];
        step.Optimizer.ZeroGrad();
        return (losses, gradients);
    }
}
