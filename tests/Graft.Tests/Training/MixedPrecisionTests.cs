using Graft.Adapters;
using Graft.Detectors;
using Graft.Models;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;
using Graft.Runs;
using Graft.Tests.Rewriting;
using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Optimizers;
using Graft.Training;

namespace Graft.Tests.Training;

/// <summary>Mixed precision changes losses and gradients by the rounding of bfloat16 only.</summary>
public class MixedPrecisionTests
{
    private const int Side = 96, Images = 3;
    private const double Roundings = 16;

    private static readonly Targets Boxes = new(Images, [new(0, 0, 8, 8, 40, 48), new(1, 1, 10, 20, 80, 90), new(1, 2, 50, 4, 90, 30)]);

    public static TheoryData<string, ModelOptions, TuningOptions?> Cases => new()
    {
        { "everything", RandomNetworks.Small with { Version = 2 }, null },
        { "frozen norms", RandomNetworks.Small with { Version = 2 }, new() { Unfreeze = [new UnfreezeOptions { At = "neck.**.conv" }] } },
        { "neck", RandomNetworks.Small with { Version = 2 }, new() { Adapters = [new RepMonaOptions { At = ["neck.**"] }] } },
        { "v1", RandomNetworks.Small with { Version = 1 }, new() { Adapters = [new LoraOptions { At = ["backbone.stage{2,4}", "head.**"] }] } },
        { "v10", new YoloV10Options { Nc = 3 }, null },
        { "v10, adapters", new YoloV10Options { Nc = 3 }, new() { Adapters = [new TrueMonaOptions { At = ["**"], Dropout = 0 }] } },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void MapsAndGradients_AreNearThoseOfFloat32(string name, ModelOptions model, TuningOptions? tuning)
    {
        if (Bfloat16Speed.Measure().Gain == 0)
        {
            return;                                            // this processor has no bfloat16
        }

        TorchRuntime.Seed(7);
        using TensorScope scope = TensorScope.Begin();
        using IDetector detector = DetectorFactory.Create(model, DetectorFactory.Unnamed(model.WithClasses(3), withText: true));
        AttachedAdapters? attached = Tuning.Apply(detector, new RunConfig { Model = model, Tuning = tuning });
        foreach (PlannedAdapter planned in attached?.Adapters ?? [])
        {
            AdaptersAsTrained(planned);
        }

        DetectionNetwork network = detector.Network;
        network.Train();
        IReadOnlyList<ParameterGroup> groups = attached?.Groups ?? Trainer.DefaultGroups(network, false);
        (double[] maps, double[] gradient) = Run(network, groups, mixed: false);
        (double[] mixedMaps, double[] mixedGradient) = Run(network, groups, mixed: true);
        RoundWeights(network);
        (double[] roundedMaps, double[] roundedGradient) = Run(network, groups, mixed: false);
        Assert.NotEqual(maps, mixedMaps);
        AssertNear($"{name}: maps", maps, mixedMaps, roundedMaps);
        AssertNear($"{name}: gradients", gradient, mixedGradient, roundedGradient);
    }

    [Fact]
    public void TheLoss_IsComputedInFloat32_AndGradientsAreFloat32()
    {
        if (Bfloat16Speed.Measure().Gain == 0)
        {
            return;
        }

        TorchRuntime.Seed(7);
        using TensorScope scope = TensorScope.Begin();
        YoloWorldOptions model = RandomNetworks.Small with { Version = 2 };
        using IDetector detector = DetectorFactory.Create(model, DetectorFactory.Unnamed(model.WithClasses(3), withText: true));
        detector.Network.Train();
        IReadOnlyList<ParameterGroup> groups = Trainer.DefaultGroups(detector.Network, false);
        Tensor pixels = (Tensor.Rand(Images, 3, Side, Side) * 255).To(DType.Byte);
        double[] losses = [.. new[] { false, true }.Select(amp =>
        {
            using TrainingStep step = new(detector, new TrainOptions { Amp = amp }, groups);
            Losses found = step.Forward(StageMaps.Of(pixels), Boxes);
            Assert.Equal(DType.Float, found.Total.DType);
            found.Total.Backward();
            Assert.All(groups, group => Assert.Equal(DType.Float, group.Parameter.Value.Grad?.DType ?? DType.Float));
            step.Optimizer.ZeroGrad();
            return found.Total.ToDouble();
        })];
        Assert.NotEqual(losses[0], losses[1]);
        Assert.Equal(losses[0], losses[1], 0.03 * losses[0]);
    }

    [Fact]
    public void SlowBfloat16_IsRefused_AndAFastOneIsSaid()
    {
        Assert.Equal("train.amp is on, but bfloat16 convolutions take 2.0 times as long as float32 on this processor.", Refused(0.5).Message);
        Assert.Equal("train.amp is on, but bfloat16 convolutions do not run on this processor.", Refused(0).Message);
        Assert.Equal(Failure.Refused, Refused(1).Failure);
        new Bfloat16Speed(3).Require();
        Assert.Equal("bfloat16 convolutions are 3.0 times as fast as float32 on this processor", new Bfloat16Speed(3).Found);
        Assert.Equal((false, false, true), (new Bfloat16Speed(0).Pays, new Bfloat16Speed(1.1).Pays, new Bfloat16Speed(1.3).Pays));
    }

    private static GraftException Refused(double gain) => Assert.Throws<GraftException>(new Bfloat16Speed(gain).Require);

    private static void AdaptersAsTrained(PlannedAdapter planned)
    {
        using NoGrad off = NoGrad.Begin();
        foreach (Parameter gate in planned.Adapter.Gates)
        {
            gate.Value.FillNormal(0, 0.02);
        }
    }

    /// <summary>The maps, and the gradients of a smooth function of them; the statistics of norms are put back.</summary>
    private static (double[] Maps, double[] Gradient) Run(DetectionNetwork network, IReadOnlyList<ParameterGroup> groups, bool mixed)
    {
        TorchRuntime.Seed(3);
        using TensorScope scope = TensorScope.Begin();
        using FrozenPart frozen = new(network);
        using FrozenPart.Use deployed = frozen.Begin();
        Tensor images = Tensor.Rand(Images, 3, Side, Side).To(MemoryFormat.ChannelsLast), text = Tensor.RandN(1, 5, network.TextWidth ?? 1);
        Tensor[] maps;
        using (MixedPrecision.Begin(mixed))
        {
            maps = [.. network.RunAll(images, network.TextWidth is null ? null : text)];
        }

        maps = [.. maps.Select(map => map.To(DType.Float))];
        maps.Select(map => (map * RandomNetworks.Noise(DType.Float, [.. map.Shape])).Sum()).Aggregate((sum, next) => sum + next).Backward();
        double[] gradient = [.. groups.SelectMany(group => group.Parameter.Value.Grad?.ToDoubles() ?? [])];
        foreach (ParameterGroup group in groups)
        {
            group.Parameter.Value.Grad = null;
        }

        return ([.. maps.SelectMany(map => map.ToDoubles())], gradient);
    }

    /// <summary>What bfloat16 does to the weights alone, while all else is float32.</summary>
    private static void RoundWeights(DetectionNetwork network)
    {
        using NoGrad off = NoGrad.Begin();
        foreach ((_, Parameter weight) in network.Parameters())
        {
            weight.Value.CopyFrom(weight.Value.To(DType.BFloat16).To(DType.Float));
        }
    }

    /// <summary>Each layer rounds its weights, its input and its result; squared distances add up, and the backward pass rounds as often.</summary>
    private static void AssertNear(string name, double[] exact, double[] mixed, double[] rounded)
    {
        double allowed = Roundings * Apart(exact, rounded);
        Assert.True(Apart(exact, mixed) < allowed, $"{name}: {Apart(exact, mixed)} apart, {allowed} allowed");
    }

    /// <summary>The squared distance of two directions.</summary>
    private static double Apart(double[] a, double[] b) => 2 - (2 * Cosine(a, b));

    private static double Cosine(double[] a, double[] b) => Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b));

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
