using System.Diagnostics;
using Graft.Detectors;
using Graft.Models;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;
using Graft.Torch;
using Graft.Training;

namespace Graft.Runs;

/// <summary>The list of what can be built: one line a network.</summary>
public static class DetectorFactory
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
        YoloV10Options ten => new YoloV10Detector(new YoloV10(ten), vocabulary.Names, loss),
        _ => throw new UnreachableException($"{model.GetType().Name} has no network."),
    };

    /// <summary>Class names for a network that is only looked at.</summary>
    public static Vocabulary Unnamed(ModelOptions model)
        => new(model is YoloV10Options ten ? [.. Enumerable.Range(1, ten.Nc).Select(number => $"class {number}")] : [], null, "none");

    /// <summary>The options for another number of classes.</summary>
    public static ModelOptions WithClasses(ModelOptions model, int classes) => model switch
    {
        YoloWorldOptions world => world with { NumClasses = classes },
        YoloV10Options ten => ten with { Nc = classes },
        _ => throw new UnreachableException($"{model.GetType().Name} has no network."),
    };
}
