using Graft.Adapters;
using Graft.Detectors;
using Graft.Torch;

namespace Graft.Runs;

/// <summary>Applies the <c>tuning:</c> section of a configuration: models do not reference adapters, and adapter plans do not reference models; this
/// class references both.</summary>
public static class Tuning
{
    private const int TrialSide = 64;

    /// <summary>Plans the tuning; the network does not change.</summary>
    /// <param name="detector">The detector, base weights loaded.</param>
    /// <param name="tuning">Which parameters to freeze and unfreeze, and which adapters to attach.</param>
    /// <param name="decayNorms">Whether norms and biases decay.</param>
    public static AdapterPlan Plan(IDetector detector, TuningOptions tuning, bool decayNorms = false)
        => Plan(detector.Network, tuning, decayNorms);

    /// <summary>Plans the adapters; the network does not change.</summary>
    /// <param name="network">The network, base weights loaded.</param>
    /// <param name="tuning">Which parameters to freeze and unfreeze, and which adapters to attach.</param>
    /// <param name="decayNorms">Whether norms and biases decay.</param>
    public static AdapterPlan Plan(DetectionNetwork network, TuningOptions tuning, bool decayNorms = false)
        => AdapterPlan.For(network, network.Sites, PromptTuning.With(tuning, network), () => network.Probe(TrialSide), decayNorms);

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
}
