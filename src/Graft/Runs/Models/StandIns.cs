using Graft.Detectors;

namespace Graft.Runs;

/// <summary>Words for a model that was trained on stand-ins: it knows those that it learned, and no other.</summary>
public static class StandIns
{
    /// <summary>What ends the source of words that are stand-ins, or were learned from such.</summary>
    private const string Source = "stand-in";

    private const double Same = 1e-4;

    /// <summary>Whether words are stand-ins, or were learned from such.</summary>
    internal static bool Are(Vocabulary words) => words.Source.EndsWith(Source, StringComparison.Ordinal);

    /// <summary>Gives words that a model learned their learned embeddings, and names those that mean nothing to it, with a note.</summary>
    /// <param name="words">What is asked for.</param>
    /// <param name="target">The model: a run folder or a weight file. Where the file carries no words, they stay as they are.</param>
    public static Vocabulary Resolve(Vocabulary words, string target)
        => TrainedModel.WordsOf(target) is { } learned ? Resolve(words, learned) : words;

    /// <summary>Gives learned words their learned embeddings, and names those that mean nothing, with a note.</summary>
    /// <param name="words">What is asked for.</param>
    /// <param name="learned">The words in the weight file.</param>
    public static Vocabulary Resolve(Vocabulary words, Vocabulary learned)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(learned);
        // Embeddings from a file, such as learned words, are meant as they are.
        if (words.Embeddings is not { } asked || learned.Embeddings is not { } known || !Are(learned) || !Are(words))
        {
            return words;
        }

        int width = asked.Length / words.Names.Count;
        if (known.Length != learned.Names.Count * width)
        {
            return words;
        }

        float[] rows = [.. asked];
        List<string> without = [];
        for (int i = 0; i < words.Names.Count; i++)
        {
            int label = Enumerable.Range(0, learned.Names.Count).FirstOrDefault(row => learned.Names[row] == words.Names[i], -1);
            if (label >= 0)
            {
                known.AsSpan(label * width, width).CopyTo(rows.AsSpan(i * width));
            }
            else if (!Enumerable.Range(0, learned.Names.Count).Any(row => AreSame(asked.AsSpan(i * width, width), known.AsSpan(row * width, width))))
            {
                without.Add(words.Names[i]);
            }
        }

        return without.Count == 0 ? words with { Embeddings = rows } : words with
        {
            Embeddings = rows,
            Source = $"without meaning: {string.Join(", ", without)}; {Source}",
            WithoutMeaning = without,
            Notes = [.. words.Notes, Note(without, learned.Names)],
        };
    }

    private static string Note(List<string> without, IReadOnlyList<string> learned)
    {
        string[] meant = [.. without.Select(word => Near(word, learned)).OfType<string>().Distinct()];
        return $"the prompt{(without.Count == 1 ? "" : "s")} {string.Join(", ", without)} {(without.Count == 1 ? "is a stand-in" : "are stand-ins")} without meaning for this model; "
            + $"only {Listed(learned)} {(learned.Count == 1 ? "was" : "were")} learned{(meant.Length == 0 ? "" : $" (did you mean {string.Join(", ", meant)}?)")}";
    }

    private static string Listed(IReadOnlyList<string> names)
        => names.Count < 2 ? string.Concat(names) : $"{string.Join(", ", names.SkipLast(1))} and {names[^1]}";

    private static string? Near(string word, IReadOnlyList<string> learned)
        => learned.FirstOrDefault(name => name.Equals(word, StringComparison.OrdinalIgnoreCase)) ?? Nearest.To(word, learned);

    private static bool AreSame(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        for (int i = 0; i < first.Length; i++)
        {
            if (!(Math.Abs(first[i] - second[i]) <= Same))
            {
                return false;
            }
        }

        return true;
    }
}
