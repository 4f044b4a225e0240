using Graft.Data;

namespace Graft.Checks;

/// <summary>Which images a repaired copy keeps.</summary>
/// <param name="Indices">Indices of the kept images, in order.</param>
/// <param name="Unreadable">How many cannot be read.</param>
/// <param name="Copies">How many are copies of one of the same split.</param>
/// <param name="Shared">How many training images are in the validation split too.</param>
internal sealed record KeptImages(IReadOnlyList<int> Indices, int Unreadable, int Copies, int Shared)
{
    /// <summary>
    /// Leaves out images that cannot be read, training images that are validation images too, and of the copies in a split all but the one
    /// with the most boxes.
    /// </summary>
    internal static KeptImages Of(OpenedData data, IReadOnlyList<ImageFingerprint?> fingerprints)
    {
        List<int> kept = [.. Enumerable.Range(0, fingerprints.Count).Where(i => fingerprints[i] is not null)];
        int unreadable = fingerprints.Count - kept.Count, copies = 0, shared = 0;

        // Which images are compared depends on the first of each group; a smaller set may show further pairs.
        for (int before = -1; before != kept.Count;)
        {
            before = kept.Count;
            int[] near = CopyGroups.Of([.. kept.Select(i => fingerprints[i])], [.. kept.Select(i => data.AllImages[i].Image)]).Near;
            HashSet<int> left = [];
            foreach (IGrouping<int, int> group in Enumerable.Range(0, kept.Count).GroupBy(at => near[at], at => kept[at]).Where(group => group.Count() > 1))
            {
                int[] members = [.. group], last = [.. members.Where(i => data.AllImages[i].Split == data.Splits[^1])];
                int[] candidates = last.Length > 0 ? last : members;
                int best = candidates.MaxBy(i => BoxChecks.Distinct(data.AllImages[i].Image.Objects).Count);
                shared += members.Length - candidates.Length;
                copies += candidates.Length - 1;
                left.UnionWith(members.Where(i => i != best));
            }

            kept.RemoveAll(left.Contains);
        }

        return new KeptImages(kept, unreadable, copies, shared);
    }
}
