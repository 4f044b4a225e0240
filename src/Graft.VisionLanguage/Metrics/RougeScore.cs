using System.Text.RegularExpressions;

namespace Graft.VisionLanguage;

/// <summary>ROUGE-L (Lin 2004): F-measure of the longest common subsequence of stemmed words.</summary>
public static partial class RougeScore
{
    /// <summary>Mean over all samples; with several references the best one counts.</summary>
    /// <param name="predictions">N texts.</param>
    /// <param name="references">N lists of one or more reference texts.</param>
    public static double Corpus(IReadOnlyList<string> predictions, IReadOnlyList<IReadOnlyList<string>> references)
    {
        TextPairs.Check(predictions, references);
        return predictions.Select((text, sample) => references[sample].Max(reference => Sentence(text, reference))).Average();
    }

    /// <summary>F-measure of one pair, 0..1.</summary>
    public static double Sentence(string prediction, string reference)
    {
        string[] predicted = Tokens(prediction), expected = Tokens(reference);
        if (predicted.Length == 0 || expected.Length == 0)
        {
            return 0;
        }

        int common = LongestCommonSubsequence(predicted, expected);
        return 2.0 * common / (predicted.Length + expected.Length);      // the harmonic mean of common/predicted and common/expected
    }

    /// <summary>Lower-case runs of letters a-z and digits; words of more than three characters are stemmed.</summary>
    public static string[] Tokens(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. NotAlphanumeric().Split(text.ToLowerInvariant()).Where(w => w.Length > 0).Select(w => w.Length > 3 ? PorterStemmer.Stem(w) : w)];
    }

    private static int LongestCommonSubsequence(string[] first, string[] second)
    {
        int[] row = new int[second.Length + 1];
        foreach (string word in first)
        {
            int diagonal = 0;
            for (int column = 1; column <= second.Length; column++)
            {
                int above = row[column];
                row[column] = word == second[column - 1] ? diagonal + 1 : Math.Max(above, row[column - 1]);
                diagonal = above;
            }
        }

        return row[^1];
    }

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex NotAlphanumeric();
}
