using Graft.Torch;

namespace Graft.Detectors;

/// <summary>Outputs of the head, per level, before any decoding.</summary>
/// <param name="Logits">Per level B×N×h×w class logits.</param>
/// <param name="Distributions">Per level B×(4·bins)×h×w, channel = side·bins + bin; sides left, top, right, bottom.</param>
public readonly record struct RawDetections(Tensor[] Logits, Tensor[] Distributions)
{
    /// <summary>The same maps, which outlive a scope.</summary>
    internal RawDetections KeptFrom(TensorScope scope)
    {
        Array.ForEach([.. Logits, .. Distributions], map => scope.Keep(map));
        return this;
    }
}
