using Onnx;

namespace Graft.Export;

/// <summary>A quantized model with what was measured on it.</summary>
internal sealed record QuantizationCandidate(CalibrationChoice Method, IReadOnlySet<int> InFloat, ModelProto Model, double Error)
{
    /// <summary>Its score, where it was scored.</summary>
    internal double? Score { get; init; }

    /// <summary>The activations that were quantized, in the order of the graph.</summary>
    internal required IReadOnlyList<QuantizedActivation> Activations { get; init; }
}
