using Graft.Detectors;

namespace Graft.Runs;

/// <summary>Words for a model that was trained on stand-ins: it knows those that it learned, and no other.</summary>
public static class StandIns
{
    /// <summary>What ends the source of prompts that are stand-ins, or were learned from such.</summary>
    private const string Source = "stand-in";

    private const double Same = 1e-4;

    /// <summary>Whether prompts are stand-ins, or were learned from such.</summary>
    internal static bool Are(Vocabulary prompts) => prompts.Source.EndsWith(Source, StringComparison.Ordinal);

    /// <summary>Gives prompts that a model learned their learned embeddings, and names those that mean nothing to it, with a note.</summary>
    /// <param name="prompts">What is asked for.</param>
    /// <param name="target">The model: a run folder or a weight file. Where the file carries no prompts, they stay as they are.</param>
    public static Vocabulary Resolve(Vocabulary prompts, string target)
        => TrainedModel.VocabularyOf(target) is { } learned ? Resolve(prompts, learned) : prompts;

    /// <summary>Gives learned prompts their learned embeddings, and names those that mean nothing, with a note.</summary>
    /// <param name="prompts">What is asked for.</param>
    /// <param name="learned">The prompts in the weight file.</param>
    public static Vocabulary Resolve(Vocabulary prompts, Vocabulary learned)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(learned);
        // Embeddings from a file, such as learned prompts, are meant as they are.
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
        string[] meant = [.. without.Select(word => Near(word, learned)).OfType<string>().Distinct()];
        return $"the prompt{(without.Count == 1 ? "" : "s")} {string.Join(", ", without)} {(without.Count == 1 ? "is a stand-in" : "are stand-ins")} without meaning for this model; "
            + $"only {string.Join(", ", learned)} {(learned.Count == 1 ? "was" : "were")} learned{(meant.Length == 0 ? "" : $" (did you mean {string.Join(", ", meant)}?)")}";
    }

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
