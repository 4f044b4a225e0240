using System.Diagnostics;
using Graft.Adapters;
using Graft.Detectors;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Runs;

/// <summary>Applies the <c>tuning:</c> section of a configuration: models do not know adapters, and adapter plans do not know models; this
/// class knows both.</summary>
public static class Tuning
{
    private const int TrialSide = 64;

    /// <summary>The places where a network lets adapters sit.</summary>
    public static IReadOnlyList<AdapterSite> SitesOf(Module network) => network switch
    {
        YoloWorld => YoloWorldSites.All,
        YoloV10 => YoloV10Sites.All,
        _ => throw new UnreachableException($"{network.GetType().Name} has no table of places."),
    };

    /// <summary>Plans the adapters; the network does not change.</summary>
    /// <param name="detector">The detector, base weights loaded.</param>
    /// <param name="tuning">What to freeze, unfreeze and attach.</param>
    /// <param name="decayNorms">Whether norms and biases decay.</param>
    public static AdapterPlan Plan(IDetector detector, TuningOptions tuning, bool decayNorms = false)
        => Plan(detector.Network, tuning, decayNorms);

    /// <summary>Plans the adapters; the network does not change.</summary>
    /// <param name="network">The network, base weights loaded.</param>
    /// <param name="tuning">What to freeze, unfreeze and attach.</param>
    /// <param name="decayNorms">Whether norms and biases decay.</param>
    public static AdapterPlan Plan(Module network, TuningOptions tuning, bool decayNorms = false)
        => AdapterPlan.For(network, SitesOf(network), PromptTuning.With(tuning, network), () => Try(network), decayNorms);

    /// <summary>Freezes, unfreezes and attaches, channels-last.</summary>
    /// <returns>The adapters, or null when the configuration tunes nothing.</returns>
    public static AttachedAdapters? Apply(IDetector detector, RunConfig config)
    {
        if (config.Tuning is null)
        {
            return null;
        }

        using AdapterPlan plan = Plan(detector, config.Tuning, config.Train.DecayNorms);
        AttachedAdapters attached = plan.Apply();
        detector.Network.To(MemoryFormat.ChannelsLast);
        return attached;
    }

    /// <summary>Runs a network once on an empty 64×64 image, in evaluation mode: statistics must not move in a trial run.</summary>
    public static void Try(Module network)
    {
        bool trained = network.Training;
        network.Train(false);
        DType type = network.Parameters().First().Parameter.Value.DType;
        Tensor image = Tensor.Zeros([1, 3, TrialSide, TrialSide], type);
        switch (network)
        {
            case YoloWorld world:
                world.Forward(image, Tensor.Ones(1, 1, world.Options.TextDim).To(type));
                break;
            case YoloV10 v10:
                v10.Features(image);
                break;
        }

        network.Train(trained);
    }
}
