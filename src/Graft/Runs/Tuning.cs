using System.Diagnostics;
using Graft.Adapters;
using Graft.Detection;
using Graft.Models.YoloWorld;
using Graft.Torch;

namespace Graft.Runs;

/// <summary>Carries a configuration's <c>tuning:</c> out on a detector.</summary>
public static class Tuning
{
    private const int TrialSide = 64;

    /// <summary>Plans: nothing changes yet.</summary>
    /// <param name="detector">The detector, base weights loaded.</param>
    /// <param name="tuning">What to freeze, unfreeze and attach.</param>
    /// <param name="decayNorms">Whether norms and biases decay.</param>
    public static AdapterPlan Plan(IDetector detector, TuningOptions tuning, bool decayNorms = false)
    {
        IReadOnlyList<AdapterSite> sites = detector switch
        {
            YoloWorldDetector => YoloWorldSites.All,
            _ => throw new UnreachableException($"{detector.GetType().Name} has no table of places."),
        };
        return AdapterPlan.For(detector.Network, sites, tuning, Trial, decayNorms);

        void Trial()
        {
            // Statistics must not move in a trial run.
            bool trained = detector.Network.Training;
            detector.Network.Train(false);
            Tensor image = Tensor.Zeros(1, 3, TrialSide, TrialSide);
            if (detector is YoloWorldDetector world)
            {
                Tensor text = Tensor.Ones(1, 1, world.World.Options.TextDim);
                world.World.Forward(image, text);
            }

            detector.Network.Train(trained);
        }
    }

    /// <summary>Freezes, unfreezes and attaches, in the memory order that convolutions like.</summary>
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
