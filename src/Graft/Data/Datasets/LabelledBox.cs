using Graft.Detectors;

namespace Graft.Data;

/// <summary>A ground-truth box.</summary>
/// <param name="Label">Index of its class, 0-based, in label order.</param>
/// <param name="Box">Where, in pixels; inside the image.</param>
/// <param name="Attributes">What the annotation says besides its class, such as <c>tone: dark</c>; null: nothing. Equal ones are one object.</param>
public readonly record struct LabelledBox(int Label, Box Box, IReadOnlyDictionary<string, string>? Attributes = null);
