using System.Globalization;
using Graft.Data;
using Graft.Detectors;

namespace Graft.Checks;

/// <summary>Judges the classes: how many boxes they have in which split, and whether their names can be told apart.</summary>
internal static class ClassChecks
{
    // A spelling mistake in a shorter word is as likely a word of its own.
    private const int ShortestMisspelt = 6;

    /// <summary>Notes the problems of all classes.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="counts">Boxes by split and class.</param>
    /// <param name="embed">Unit text embeddings of names; null: they are not compared.</param>
    /// <param name="alike">Cosine from which two embeddings are alike.</param>
    internal static void Run(OpenedData data, IReadOnlyList<int[]> counts, Func<IReadOnlyList<string>, IReadOnlyList<float[]>>? embed, double alike)
    {
        for (int label = 0; label < data.ClassNames.Count; label++)
        {
            string name = $"'{data.ClassNames[label]}'";
            int all = counts.Sum(split => split[label]);
            if (all == 0)
            {
                data.Problems.Add(DataProblemKind.ClassWithoutBox, name);
            }
            else if (data.HasBothSplits && counts.Any(split => split[label] == 0) && data.Splits.All(split => split.Data.BoxCount > 0))
            {
                data.Problems.Add(DataProblemKind.ClassInOneSplit, string.Create(
                    CultureInfo.InvariantCulture, $"{name}: {string.Join(", ", data.Splits.Select((split, i) => $"{counts[i][label]} in {split.Name}"))}"));
            }
        }

        Names(data, data.ClassNames.Count > 1 ? embed?.Invoke(data.ClassNames) : null, alike);
    }

    private static void Names(OpenedData data, IReadOnlyList<float[]>? embeddings, double alike)
    {
        IReadOnlyList<string> names = data.ClassNames;
        for (int i = 0; i < names.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                string pair = $"'{names[j]}' and '{names[i]}'";
                (string a, string b) = (ClassPrompts.Letters(names[j]), ClassPrompts.Letters(names[i]));
                if (a == b && a.Length > 0)
                {
                    data.Problems.Add(DataProblemKind.AlikeClasses, pair);
                }
                else if (Singular(names[j]) == Singular(names[i]) || IsMisspelt(a, b))
                {
                    data.Problems.Add(DataProblemKind.SimilarClasses, pair);
                }
                else if (embeddings is not null && Vocabulary.Cosine(embeddings[i], embeddings[j]) is double cosine && cosine >= alike)
                {
                    data.Problems.Add(DataProblemKind.AlikeEmbeddings, string.Create(CultureInfo.InvariantCulture, $"{pair}: cosine {cosine:0.000}"));
                }
            }
        }
    }

    /// <summary>The letters of a name whose last word is in the singular.</summary>
    private static string Singular(string name)
    {
        string letters = ClassPrompts.Letters(name);
        return letters.EndsWith("ies", StringComparison.Ordinal) ? letters[..^3] + "y"
            : letters is [.., 's' or 'x' or 'h', 'e', 's'] ? letters[..^2]
            : letters is [.., not ('s' or 'u'), 's'] ? letters[..^1]
            : letters;
    }

    /// <summary>Whether two names are one letter apart; names with other digits or another first letter are different words.</summary>
    private static bool IsMisspelt(string a, string b)
        => Math.Min(a.Length, b.Length) >= ShortestMisspelt && a[0] == b[0]
            && a.Where(char.IsDigit).SequenceEqual(b.Where(char.IsDigit)) && Nearest.Distance(a, b) == 1;
}
