namespace Graft.Runtime;

/// <summary>What a model file says about itself, and what was assumed where it says nothing.</summary>
public sealed record ModelDescription
{
    internal ModelDescription(IReadOnlyList<string> names, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<string> assumptions)
        => (Names, Metadata, Assumptions) = (names, metadata, assumptions);

    /// <summary>Names of the classes in the order of labels; empty for an end-to-end model without names.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>All metadata of the file, such as its provenance and proof.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>One sentence for each thing that the file does not say and that the detector assumed.</summary>
    public IReadOnlyList<string> Assumptions { get; }

    /// <summary>Columns of the network's input, padding included; the largest where the size is dynamic.</summary>
    public int InputWidth { get; internal init; }

    /// <summary>Rows of the network's input, padding included; the largest where the size is dynamic.</summary>
    public int InputHeight { get; internal init; }

    /// <summary>Whether the network takes inputs of several sizes.</summary>
    public bool IsSizeDynamic { get; internal init; }

    /// <summary>Images that the network takes at once; 0: any number.</summary>
    public int BatchSize { get; internal init; }

    /// <summary>Whether the network gives final boxes, so that no suppression is needed.</summary>
    public bool IsEndToEnd { get; internal init; }

    /// <summary>Values of the text embeddings that the network takes beside the image; 0: its classes are fixed.</summary>
    public int TextWidth { get; internal init; }

    /// <summary>The text encoder of the embeddings that the network takes; null where the file does not say.</summary>
    public TextEncoderId? TextEncoder { get; internal init; }

    /// <summary>Boxes score higher than this where no threshold of the class is known.</summary>
    public double ScoreThreshold { get; internal init; }

    /// <summary>Thresholds of single classes by name; empty where the file has none.</summary>
    public IReadOnlyDictionary<string, double> ClassThresholds { get; internal init; } = new Dictionary<string, double>();

    /// <summary>A box is dropped when it overlaps a better one of its class by more than this IoU.</summary>
    public double IouThreshold { get; internal init; }

    /// <summary>Best candidates kept before suppression.</summary>
    public int Candidates { get; internal init; }

    /// <summary>Best boxes kept per image.</summary>
    public int MaxPerImage { get; internal init; }

    /// <summary>Whether an anchor point may give one box per class; otherwise only its best class counts.</summary>
    public bool IsMultiLabel { get; internal init; }

    /// <summary>Whether boxes of different classes suppress each other.</summary>
    public bool IsClassAgnostic { get; internal init; }

    /// <summary>Hash of the base model that adapter files must be made for; null: the model takes no adapters.</summary>
    public string? AdapterBase { get; internal init; }
}
