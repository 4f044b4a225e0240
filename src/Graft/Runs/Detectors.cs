using System.Diagnostics;
using Graft.Detection;
using Graft.Models;
using Graft.Models.YoloWorld;
using Graft.Torch;

namespace Graft.Runs;

/// <summary>The list of what can be built: one line a network.</summary>
public static class Detectors
{
    /// <summary>Builds a detector with fresh weights, in the memory order that convolutions like.</summary>
    /// <param name="model">Which network, and its sizes.</param>
    /// <param name="vocabulary">What it names.</param>
    /// <param name="loss">Assigner and gains; null: the published ones.</param>
    public static IDetector Create(ModelOptions model, Vocabulary vocabulary, DetectionLoss? loss = null)
    {
        IDetector detector = Build(model, vocabulary, loss);
        detector.Network.To(MemoryFormat.ChannelsLast);
        return detector;
    }

    private static IDetector Build(ModelOptions model, Vocabulary vocabulary, DetectionLoss? loss) => model switch
    {
        YoloWorldOptions world => new YoloWorldDetector(new YoloWorld(world), vocabulary, loss),
        _ => throw new UnreachableException($"{model.GetType().Name} has no network."),
    };

    /// <summary>The options for another number of classes.</summary>
    public static ModelOptions WithClasses(ModelOptions model, int classes) => model switch
    {
        YoloWorldOptions world => world with { NumClasses = classes },
        _ => throw new UnreachableException($"{model.GetType().Name} has no network."),
    };
}
