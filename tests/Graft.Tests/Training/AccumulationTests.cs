using Graft.Adapters;
using Graft.Detectors;
using Graft.Models;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;
using Graft.Tests.Rewriting;
using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Optimizers;
using Graft.Training;

namespace Graft.Tests.Training;

/// <summary>A batch that passes the network in parts gives the gradients and losses of the whole batch.</summary>
[Trait("Kind", "Parity")]
public class AccumulationTests
{
    private const int Side = 96, Images = 5;

    private static readonly Targets Boxes = new(Images, [new(0, 0, 8, 8, 40, 48), new(1, 1, 10, 20, 80, 90), new(1, 2, 50, 4, 90, 30), new(4, 0, 30, 30, 60, 64)]);

    /// <summary>Adapters everywhere and the convolutions of the heads; norms stay frozen, as their statistics would be those of the parts.</summary>
    private static readonly TuningOptions Tuned = new()
    {
        Adapters = [new LoraOptions { At = ["**"] }],
        Unfreeze = [new UnfreezeOptions { At = "bbox_head.**.conv", Historical = true }, new UnfreezeOptions { At = "model.23.**.conv", Historical = true }],
    };

    public static TheoryData<string, ModelOptions> Networks => new()
    {
        { "YOLO-World", RandomNetworks.Small with { Version = 2 } },
        { "YOLOv10, whose two heads divide by two weights", new YoloV10Options { Depth = 0.33, Width = 0.125, Nc = 3, MaxChannels = 1024 } },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Parts_GiveTheGradientsOfTheBatch(string name, ModelOptions model)
    {
        Assert.NotEmpty(name);
        using TensorScope scope = TensorScope.Begin();
        using IDetector detector = RandomNetworks.Tuned(model.WithClasses(3), Tuned, out AttachedAdapters attached);
        Tensor pixels = (Tensor.Rand(Images, 3, Side, Side) * 255).To(DType.Byte);
        Step whole = Run(detector, attached, pixels, 1);
        foreach (int parts in new[] { 2, 3, 5, 9 })
        {
            Step divided = Run(detector, attached, pixels, parts);
            Assert.Equal(whole.Losses.Select(loss => loss.Name), divided.Losses.Select(loss => loss.Name));
            Assert.All(whole.Losses.Zip(divided.Losses), pair => Assert.Equal(pair.First.Value, pair.Second.Value, 1e-4 * Math.Max(1, pair.First.Value)));
            for (int i = 0; i < whole.Gradients.Length; i++)
            {
                double size = whole.Gradients[i].Max(Math.Abs), apart = whole.Gradients[i].Zip(divided.Gradients[i], (a, b) => Math.Abs(a - b)).Max();
                Assert.True(apart <= 1e-3 * size, $"{parts} parts, {attached.Groups[i].Name}: {apart} apart, size {size}");
            }
        }
    }

    [Fact]
    public void ALossThatIsAMean_AndOneThatIsASum_AreAddedAsSuch()
    {
        using TensorScope scope = TensorScope.Begin();
        using Linear linear = new(1, 1);
        ParameterGroup group = new("weight", linear.Weight);
        using AdamW optimizer = new([group]);
        using GradientSum sum = new(optimizer);
        double[] values = [3, 5, 4];
        sum.Add(Loss(values[..2]), 2);
        sum.Add(Loss(values[2..]), 1);
        (string Name, double Value)[] losses = [.. sum.Finish()];
        double weight = linear.Weight.Value.ToDouble();
        Assert.Equal((12 * weight, 4 * weight), (losses[0].Value, losses[1].Value), new Near());
        Assert.Equal(12 + 4, linear.Weight.Value.Grad!.ToDouble(), 1e-4);

        Losses Loss(double[] images)
        {
            Tensor all = linear.Weight.Value.Sum() * images.Sum(), mean = all * (1.0 / images.Length);
            return new Losses([new LossShare(all, [("sum", all)]), new LossShare(mean, [("mean", mean)]) { Scale = LossScale.Mean }]);
        }
    }

    private static Step Run(IDetector detector, AttachedAdapters attached, Tensor pixels, int parts)
    {
        using TrainingStep step = new(detector, new TrainOptions { Accumulate = parts }, attached.Groups);
        IReadOnlyList<(string Name, double Value)> losses = step.Gradients(StageMaps.Of(pixels), Boxes);
        double[][] gradients = [.. attached.Groups.Select(group => group.Parameter.Value.Grad?.ToDoubles() ?? [0])];
        step.Optimizer.ZeroGrad();
        return new Step(losses, gradients);
    }

    private sealed record Step(IReadOnlyList<(string Name, double Value)> Losses, double[][] Gradients);

    private sealed class Near : IEqualityComparer<(double A, double B)>
    {
        public bool Equals((double A, double B) x, (double A, double B) y) => Math.Abs(x.A - y.A) < 1e-4 && Math.Abs(x.B - y.B) < 1e-4;

        public int GetHashCode((double A, double B) obj) => 0;
    }
}
