namespace Graft.Export;

/// <summary>One quantized model that was measured.</summary>
/// <param name="Method">How its ranges were calibrated.</param>
/// <param name="InFloat">The layers that stay in float.</param>
/// <param name="Error">Relative squared error of the last layers' outputs, the mean over them.</param>
/// <param name="Score">Its score, where it was scored.</param>
public sealed record QuantizationTrial(CalibrationChoice Method, IReadOnlyList<string> InFloat, double Error, double? Score);

/// <summary>What quantizing one layer costs.</summary>
/// <param name="Name">The layer: a convolution with its activation, a product, a gate.</param>
/// <param name="ErrorShare">The squared error of a model in which only this layer is quantized, as a share of the sum of these errors.</param>
/// <param name="ComputeShare">Its share of the multiplications.</param>
/// <param name="InFloat">Whether it stays in float in the model that was written.</param>
public sealed record LayerCost(string Name, double ErrorShare, double ComputeShare, bool InFloat);

/// <summary>The levels of one quantized activation.</summary>
/// <param name="Tensor">The activation's name in the model.</param>
/// <param name="Range">What its levels cover.</param>
public sealed record QuantizedActivation(string Tensor, ActivationRange Range);

/// <summary>What was measured while a model was quantized.</summary>
public sealed record QuantizationReport
{
    /// <summary>The calibration method of the model that was written.</summary>
    public required CalibrationChoice Method { get; init; }

    /// <summary>Number of calibration inputs.</summary>
    public required int CalibrationInputs { get; init; }

    /// <summary>All models that were measured as a whole, in order; the last measurements come from the search for float layers.</summary>
    public required IReadOnlyList<QuantizationTrial> Trials { get; init; }

    /// <summary>The layers, those first whose quantization costs most.</summary>
    public required IReadOnlyList<LayerCost> Layers { get; init; }

    /// <summary>Activations with their ranges, in the order of the graph.</summary>
    public required IReadOnlyList<QuantizedActivation> Activations { get; init; }

    /// <summary>Relative squared error of the written model at its last layers.</summary>
    public required double Error { get; init; }

    /// <summary>The score of the float model, or null without a score.</summary>
    public required double? FloatScore { get; init; }

    /// <summary>The score of the written model, or null without a score.</summary>
    public required double? QuantizedScore { get; init; }

    /// <summary>The largest drop that was asked for.</summary>
    public required double MaxDrop { get; init; }

    /// <summary>Size of the float model in bytes.</summary>
    public required long FloatBytes { get; init; }

    /// <summary>Size of the written model in bytes.</summary>
    public required long QuantizedBytes { get; init; }

    /// <summary>Operators that ONNX Runtime runs for the written model.</summary>
    public required IReadOnlyDictionary<string, int> Operators { get; init; }

    /// <summary>The layers that stay in float.</summary>
    public IEnumerable<LayerCost> InFloat => Layers.Where(layer => layer.InFloat);

    /// <summary>Float score minus quantized score, or null without a score.</summary>
    public double? Drop => FloatScore - QuantizedScore;

    /// <summary>Whether the drop is within the limit; true without a score.</summary>
    public bool MeetsDrop => Drop is not { } drop || drop <= MaxDrop;
}
