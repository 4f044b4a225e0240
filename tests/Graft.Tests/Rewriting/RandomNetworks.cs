using Graft.Adapters;
using Graft.Detectors;
using Graft.Models;
using Graft.Models.YoloWorld;
using Graft.Runs;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Tests.Rewriting;

/// <summary>Small networks whose weights, statistics and scales are far from their initial values, so that a wrong fold is
/// detected.</summary>
internal static class RandomNetworks
{
    internal static readonly YoloWorldOptions Small = new()
    {
        WidenFactor = 0.125,
        LastStageOutChannels = 512,
        NeckEmbedChannels = [16, 32, 32],
        NeckNumHeads = [2, 4, 4],
        NumClasses = 5,
        TextDim = 24,
        EnhancerChannels = 16,
        EnhancerHeads = 2,
    };

    internal static YoloWorld World(YoloWorldOptions? options = null, DType type = DType.Double)
    {
        TorchRuntime.Seed(7);
        YoloWorld model = new(options ?? Small);
        Shake(model);
        model.To(type);
        model.Train(false);
        return model;
    }

    /// <summary>A detector in training, tuned, whose weights and adapters are random.</summary>
    internal static IDetector Tuned(ModelOptions model, TuningOptions tuning, out AttachedAdapters attached)
    {
        TorchRuntime.Seed(7);
        IDetector detector = DetectorFactory.Create(model, DetectorFactory.Unnamed(model, withText: true));
        Shake(detector.Network);
        attached = Tuning.Apply(detector, new RunConfig { Model = model, Tuning = tuning })!;
        foreach (PlannedAdapter planned in attached.Adapters)
        {
            Shake(planned.Adapter);
        }

        detector.Network.Train();
        return detector;
    }

    /// <summary>Random weights of a size that keeps values in range, statistics and gains around one, zeros nowhere.</summary>
    internal static void Shake(Module module)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        foreach ((string name, Parameter parameter) in module.State())
        {
            Tensor value = parameter.Value;
            switch (name[(name.LastIndexOf('.') + 1)..])
            {
                case "running_var":
                    value.FillUniform(0.5, 2);
                    break;
                case "num_batches_tracked" or "earlier":
                    break;
                case "weight" when value.Rank > 1:
                    value.FillNormal(0, 1.2 / Math.Sqrt(Init.FanIn(value.Shape)));
                    break;
                case "weight" or "scale_1" or "scale_2" or "gamma" or "gammax" or "scale" or "scale1" or "scale2" or "scale3" or "scale_attn":
                    value.FillUniform(0.5, 1.5);
                    break;
                default:
                    value.FillNormal(0, 0.3);
                    break;
            }
        }
    }

    internal static Tensor Noise(DType type, params long[] shape)
    {
        TorchRuntime.Seed(11);
        return Tensor.RandN(shape).To(type);
    }

    /// <summary>Largest difference of all maps, relative to the largest value.</summary>
    internal static double Difference(RawDetections before, RawDetections after)
        => before.Logits.Concat(before.Distributions).Zip(after.Logits.Concat(after.Distributions), Difference).Max();

    internal static double Difference(Tensor before, Tensor after)
    {
        Assert.Equal(before.Shape, after.Shape);
        return ((before - after).Abs().Max() / before.Abs().Max()).ToDouble();
    }
}
