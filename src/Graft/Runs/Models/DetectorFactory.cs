using Graft.Detectors;
using Graft.Models;
using Graft.Torch;
using Graft.Training;

namespace Graft.Runs;

/// <summary>Builds channels-last detectors with a vocabulary.</summary>
public static class DetectorFactory
{
    /// <summary>Builds a channels-last detector with initial weights.</summary>
    /// <param name="model">Which network, and its sizes.</param>
    /// <param name="vocabulary">Class names and, for networks that read text, embeddings.</param>
    /// <param name="loss">Assigner and gains; null: the published ones.</param>
    public static IDetector Create(ModelOptions model, Vocabulary vocabulary, DetectionLoss? loss = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        IDetector detector = model.Create(vocabulary, loss);
        detector.Network.To(MemoryFormat.ChannelsLast);
        return detector;
    }

    /// <summary>A vocabulary for a network that is only inspected: numbered classes where they are fixed, none where the network reads text.</summary>
    /// <param name="model">Which network.</param>
    /// <param name="withText">Whether networks that read text get numbered classes with stand-in embeddings.</param>
    public static Vocabulary Unnamed(ModelOptions model, bool withText = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        string[] names = [.. Enumerable.Range(1, model.Classes).Select(number => $"class {number}")];
        return model.TextWidth is not { } width ? new(names, null, "none")
            : withText ? Vocabulary.StandIn(names, width)
            : new([], null, "none");
    }
}
