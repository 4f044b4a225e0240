using System.Globalization;
using Graft.Detectors;

namespace Graft.Rewriting;

/// <summary>The final boxes of two models, each paired with the nearest box of its class in the same image.</summary>
/// <param name="Before">Boxes of the original.</param>
/// <param name="After">Boxes of the rewritten model.</param>
/// <param name="Unmatched">Boxes of either model without a pair.</param>
/// <param name="MaxPixels">Largest distance between the sides of a pair, in pixels.</param>
/// <param name="MaxScore">Largest difference of their scores.</param>
public sealed record BoxComparison(int Before, int After, int Unmatched, double MaxPixels, double MaxScore)
{
    /// <summary>Nothing was compared.</summary>
    public static BoxComparison None { get; } = new(0, 0, 0, 0, 0);

    /// <summary>Compares the boxes of a batch.</summary>
    public static BoxComparison Of(IReadOnlyList<Detection[]> before, IReadOnlyList<Detection[]> after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return before.Zip(after, One).Aggregate(None, (sum, next) => sum.And(next));
    }

    /// <summary>Two comparisons as one.</summary>
    public BoxComparison And(BoxComparison other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new(
            Before + other.Before, After + other.After, Unmatched + other.Unmatched,
            Math.Max(MaxPixels, other.MaxPixels), Math.Max(MaxScore, other.MaxScore));
    }

    internal IEnumerable<string> Objections(double pixels, int unmatched)
    {
        if (Unmatched > unmatched)
        {
            yield return $"the original has {Before} boxes and the rewritten model {After}, {Unmatched} without a pair";
        }

        if (MaxPixels > pixels)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"a box moved by {MaxPixels:g3} px, the limit is {pixels:g3}");
        }
    }

    private static BoxComparison One(Detection[] before, Detection[] after)
    {
        List<Detection> rest = [.. after];
        double pixels = 0, score = 0;
        int unmatched = 0;
        foreach (Detection box in before)
        {
            int partner = Enumerable.Range(0, rest.Count).Where(i => rest[i].Label == box.Label).DefaultIfEmpty(-1)
                .MinBy(i => i < 0 ? 0 : Distance(rest[i].Box, box.Box));
            if (partner < 0)
            {
                unmatched++;
                continue;
            }

            pixels = Math.Max(pixels, Distance(rest[partner].Box, box.Box));
            score = Math.Max(score, Math.Abs(rest[partner].Score - box.Score));
            rest.RemoveAt(partner);
        }

        return new(before.Length, after.Length, unmatched + rest.Count, pixels, score);
    }

    private static double Distance(Box a, Box b)
        => Math.Max(Math.Max(Math.Abs(a.X1 - b.X1), Math.Abs(a.Y1 - b.Y1)), Math.Max(Math.Abs(a.X2 - b.X2), Math.Abs(a.Y2 - b.Y2)));
}
