using Graft.Detectors;

namespace Graft.Runs;

/// <summary>Prompts for a model that was trained on stand-in embeddings: only the prompts of its training have a meaning.</summary>
public static class StandIns
{
    /// <summary>The source of prompts whose embeddings are stand-ins, or were trained from stand-ins, ends with this.</summary>
    private const string Source = "stand-in";

    private const double Same = 1e-4;

    /// <summary>Whether embeddings are stand-ins, or were trained from stand-ins.</summary>
    internal static bool Are(Vocabulary prompts) => prompts.Source.EndsWith(Source, StringComparison.Ordinal);

    /// <summary>What stands for the hash of a text encoder where embeddings are stand-ins; null for others, whose encoder is not known.</summary>
    internal static string? HashOf(Vocabulary prompts) => Are(prompts) ? Source : null;

    /// <summary>Gives the prompts of the training their trained embeddings, and adds a note that names the prompts without meaning.</summary>
    /// <param name="prompts">The requested prompts.</param>
    /// <param name="target">The model: a run folder or a weight file. Where the file contains no prompts, the requested ones are returned unchanged.</param>
    public static Vocabulary Resolve(Vocabulary prompts, string target)
        => TrainedModel.VocabularyOf(target) is { } learned ? Resolve(prompts, learned) : prompts;

    /// <summary>Gives the prompts of the training their trained embeddings, and adds a note that names the prompts without meaning.</summary>
    /// <param name="prompts">The requested prompts.</param>
    /// <param name="learned">The prompts of the training, from the weight file.</param>
    public static Vocabulary Resolve(Vocabulary prompts, Vocabulary learned)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(learned);
        // Embeddings from a file, such as trained ones, are used unchanged.
        if (prompts.Embeddings is not { } asked || learned.Embeddings is not { } known || !Are(learned) || !Are(prompts))
        {
            return prompts;
        }

        int width = asked.Length / prompts.Names.Count;
        if (known.Length != learned.Names.Count * width)
        {
            return prompts;
        }

        float[] rows = [.. asked];
        List<string> without = [];
        for (int i = 0; i < prompts.Names.Count; i++)
        {
            int label = Enumerable.Range(0, learned.Names.Count).FirstOrDefault(row => learned.Names[row] == prompts.Names[i], -1);
            if (label >= 0)
            {
                known.AsSpan(label * width, width).CopyTo(rows.AsSpan(i * width));
            }
            else if (!Enumerable.Range(0, learned.Names.Count).Any(row => AreSame(asked.AsSpan(i * width, width), known.AsSpan(row * width, width))))
            {
                without.Add(prompts.Names[i]);
            }
        }

        return without.Count == 0 ? prompts with { Embeddings = rows } : prompts with
        {
            Embeddings = rows,
            Source = $"without meaning: {string.Join(", ", without)}; {Source}",
            WithoutMeaning = without,
            Notes = [.. prompts.Notes, Note(without, learned.Names)],
        };
    }

    private static string Note(List<string> without, IReadOnlyList<string> learned)
    {
        string[] meant = [.. without.Select(prompt => Near(prompt, learned)).OfType<string>().Distinct()];
        return $"the prompt{(without.Count == 1 ? "" : "s")} {string.Join(", ", without)} {(without.Count == 1 ? "is a stand-in" : "are stand-ins")} without meaning for this model; "
            + $"only {Listed.All(learned)} {(learned.Count == 1 ? "was" : "were")} learned{(meant.Length == 0 ? "" : $" (did you mean {string.Join(", ", meant)}?)")}";
    }

    private static string? Near(string prompt, IReadOnlyList<string> learned)
        => learned.FirstOrDefault(name => name.Equals(prompt, StringComparison.OrdinalIgnoreCase)) ?? Nearest.To(prompt, learned);

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
