using Graft.Detectors;

namespace Graft.Rewriting;

/// <summary>Merges a detector in one call.</summary>
public static class Merge
{
    /// <summary>Merges a detector's adapters exactly, with proof; what cannot merge is kept in its cheapest exact form.</summary>
    /// <param name="detector">Not changed.</param>
    /// <param name="options">Inputs and tolerances of the proof.</param>
    /// <param name="images">Real images to prove it on.</param>
    /// <exception cref="MergeRefusedException">The outputs differ by more than the tolerance; the exception contains the proof.</exception>
    public static Rewritten Exactly(IDetector detector, ProofOptions? options = null, IReadOnlyList<ProofImage>? images = null)
    {
        using Rewrite rewrite = Rewrite.Of(detector);
        return rewrite.MergeAdapters().Prove(options, images);
    }
}
