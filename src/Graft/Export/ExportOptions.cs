using Graft.Detectors;

namespace Graft.Export;

/// <summary>Form of an exported ONNX model.</summary>
public sealed record ExportOptions
{
    /// <summary>Size of the image input; of dynamic axes, the size that is verified first.</summary>
    public InputSize Size { get; init; } = new(1, 640, 640);

    /// <summary>Whether the number of images is dynamic.</summary>
    public bool DynamicBatch { get; init; }

    /// <summary>Whether height and width are dynamic, multiples of 32.</summary>
    public bool DynamicSize { get; init; }

    /// <summary>Whether the text is a second input, <c>text</c> 1×N×D, instead of a constant.</summary>
    public bool TextInput { get; init; }

    /// <summary>Whether non-maximum suppression is part of the graph: the output is then B×K×6.</summary>
    public bool Suppression { get; init; }

    /// <summary>Whether weights are stored as float16; the graph computes in float32.</summary>
    public bool Half { get; init; }

    /// <summary>Thresholds of the deployed model: in the metadata, or in the graph with <see cref="Suppression"/>.</summary>
    public PostProcessOptions Thresholds { get; init; } = new() { ScoreThreshold = 0.25 };
}
