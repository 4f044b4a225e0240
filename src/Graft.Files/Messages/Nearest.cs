namespace Graft;

/// <summary>Suggests the name that a mistyped word probably means.</summary>
public static class Nearest
{
    /// <summary>The candidate closest to a word, or null when none is close enough to suggest.</summary>
    public static string? To(string word, IEnumerable<string> candidates) => Of(word, candidates, 1) is [var nearest] ? nearest : null;

    /// <summary>A sentence for hints, "Did you mean 'rank'?", or null when no candidate is close enough.</summary>
    public static string? Suggestion(string word, IEnumerable<string> candidates)
        => To(word, candidates) is { } near ? $"Did you mean '{near}'?" : null;

    /// <summary>Up to <paramref name="count"/> close candidates, the closest first; ties in the order given.</summary>
    public static IReadOnlyList<string> Of(string word, IEnumerable<string> candidates, int count)
        => [.. candidates
            .Distinct()
            .Select(candidate => (Candidate: candidate, Distance: Distance(Plain(word), Plain(candidate))))
            .Where(pair => pair.Distance <= Tolerated(word, pair.Candidate))
            .OrderBy(pair => pair.Distance)
            .Take(count)
            .Select(pair => pair.Candidate)];

    // A third of the letters may be wrong; short words need a closer match.
    private static int Tolerated(string word, string candidate) => Math.Max(1, Math.Max(word.Length, candidate.Length) / 3);

    private static string Plain(string word) => word.ToLowerInvariant().Replace('-', '_');

    /// <summary>Insertions, deletions, substitutions and swaps of neighbours between two words.</summary>
    public static int Distance(string a, string b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        int[] previous = new int[b.Length + 1];
        int[] before = new int[b.Length + 1];
        int[] current = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int change = a[i - 1] == b[j - 1] ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    current[j] = Math.Min(current[j], before[j - 2] + 1);
                }
            }

            (before, previous, current) = (previous, current, before);
        }

        return previous[b.Length];
    }
}
