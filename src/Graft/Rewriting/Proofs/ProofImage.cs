using Graft.Torch;

namespace Graft.Rewriting;

/// <summary>A real image on which two models are compared.</summary>
/// <param name="Name">File name, for the report.</param>
/// <param name="Input">1×3×H×W, RGB in 0..1, H and W multiples of 32, fitted as for prediction.</param>
public sealed record ProofImage(string Name, Tensor Input);
