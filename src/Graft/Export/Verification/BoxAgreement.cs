using Graft.Detectors;
using Graft.Rewriting;

namespace Graft.Export;

/// <summary>Compares final boxes of the engine and of ONNX Runtime. A box whose score lies within the tolerance of the threshold may be on
/// either side of it.</summary>
internal static class BoxAgreement
{
    /// <summary>Compares the boxes of a batch.</summary>
    /// <param name="expected">The engine's boxes above a score.</param>
    /// <param name="found">ONNX Runtime's boxes above a score.</param>
    /// <param name="threshold">The score that counts.</param>
    /// <param name="tolerance">Largest difference of a score.</param>
    /// <returns>The pairs; those without a partner on the other side, near the threshold or not, count as unmatched.</returns>
    internal static BoxComparison Of(Func<double, Detection[][]> expected, Func<double, Detection[][]> found, double threshold, double tolerance)
    {
        double lower = Math.Max(0, threshold - (2 * tolerance));
        BoxComparison forth = BoxComparison.Of(expected(threshold), found(lower)), back = BoxComparison.Of(found(threshold), expected(lower));
        return new BoxComparison(
            forth.Before, back.Before, Alone(forth) + Alone(back), Math.Max(forth.MaxPixels, back.MaxPixels), Math.Max(forth.MaxScore, back.MaxScore));
    }

    /// <summary>Boxes of the first side without a partner: both sides' boxes without one, less what the second has more.</summary>
    private static int Alone(BoxComparison pairs) => (pairs.Unmatched - (pairs.After - pairs.Before)) / 2;
}
