namespace Graft.VisionLanguage;

/// <summary>METEOR (Banerjee and Lavie 2005) with exact and stem matches; α 0.9, β 3, γ 0.5, words split at white space.</summary>
/// <remarks>The synonym stage, which needs WordNet, is not implemented, so scores are at most those of implementations with it.</remarks>
public static class MeteorScore
{
    private const double Alpha = 0.9, Beta = 3, Gamma = 0.5;

    /// <summary>Mean over all samples; with several references the best one counts.</summary>
    /// <param name="predictions">N texts.</param>
    /// <param name="references">N lists of one or more reference texts.</param>
    public static double Corpus(IReadOnlyList<string> predictions, IReadOnlyList<IReadOnlyList<string>> references)
    {
        TextPairs.Check(predictions, references);
        return predictions.Select((text, sample) => references[sample].Max(reference => Sentence(text, reference))).Average();
    }

    /// <summary>Score of one pair, 0..1.</summary>
    public static double Sentence(string prediction, string reference)
    {
        List<(int At, string Word)> predicted = Words(prediction), expected = Words(reference);
        int predictedCount = predicted.Count, expectedCount = expected.Count;
        List<(int Predicted, int Expected)> matches = Match(predicted, expected, word => word);
        matches.AddRange(Match(predicted, expected, PorterStemmer.Stem));
        if (matches.Count == 0)
        {
            return 0;
        }

        matches.Sort();
        int chunks = 1;
        for (int i = 1; i < matches.Count; i++)
        {
            if (matches[i].Predicted != matches[i - 1].Predicted + 1 || matches[i].Expected != matches[i - 1].Expected + 1)
            {
                chunks++;
            }
        }

        double precision = (double)matches.Count / predictedCount, recall = (double)matches.Count / expectedCount;
        double mean = precision * recall / (Alpha * precision + (1 - Alpha) * recall);
        return mean * (1 - Gamma * Math.Pow((double)chunks / matches.Count, Beta));
    }

    /// <summary>Pairs equal words from the end of both texts, and removes them from both lists.</summary>
    private static List<(int Predicted, int Expected)> Match(
        List<(int At, string Word)> predicted, List<(int At, string Word)> expected, Func<string, string> form)
    {
        List<(int, int)> matches = new();
        for (int i = predicted.Count - 1; i >= 0; i--)
        {
            string wanted = form(predicted[i].Word);
            int j = expected.FindLastIndex(e => form(e.Word) == wanted);
            if (j < 0)
            {
                continue;
            }

            matches.Add((predicted[i].At, expected[j].At));
            predicted.RemoveAt(i);
            expected.RemoveAt(j);
        }

        return matches;
    }

    private static List<(int At, string Word)> Words(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select((word, at) => (at, word))];
    }
}
