using System.Text.RegularExpressions;

namespace Graft.VisionLanguage;

/// <summary>Corpus BLEU-4 (Papineni et al. 2002) as sacreBLEU computes it: 13a tokens, exponential smoothing, here in 0..1.</summary>
public static partial class BleuScore
{
    private const int MaxOrder = 4;

    /// <summary>Scores predictions against their references.</summary>
    /// <param name="predictions">N texts.</param>
    /// <param name="references">N lists of one or more reference texts.</param>
    public static double Corpus(IReadOnlyList<string> predictions, IReadOnlyList<IReadOnlyList<string>> references)
    {
        TextPairs.Check(predictions, references);
        long[] correct = new long[MaxOrder], total = new long[MaxOrder];
        long predicted = 0, expected = 0;
        for (int sample = 0; sample < predictions.Count; sample++)
        {
            string[] words = Tokens(predictions[sample]);
            string[][] against = [.. references[sample].Select(Tokens)];
            predicted += words.Length;
            expected += against.Select(r => r.Length).OrderBy(length => Math.Abs(length - words.Length)).ThenBy(length => length).First();
            for (int order = 1; order <= MaxOrder; order++)
            {
                Dictionary<string, int> allowed = [];
                foreach (string[] reference in against)
                {
                    foreach ((string gram, int count) in Grams(reference, order))
                    {
                        allowed[gram] = Math.Max(allowed.GetValueOrDefault(gram), count);
                    }
                }

                foreach ((string gram, int count) in Grams(words, order))
                {
                    total[order - 1] += count;
                    correct[order - 1] += Math.Min(count, allowed.GetValueOrDefault(gram));
                }
            }
        }

        return Combine(correct, total, predicted, expected);
    }

    /// <summary>Splits a text as mteval's 13a does: punctuation apart, except inside numbers.</summary>
    public static string[] Tokens(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string line = text.TrimEnd().Replace("<skipped>", "", StringComparison.Ordinal)
            .Replace("-\n", "", StringComparison.Ordinal).Replace('\n', ' ')
            .Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal)
            .Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal);
        line = Punctuation().Replace($" {line} ", " $1 ");
        line = MarkAfterNonDigit().Replace(line, "$1 $2 ");
        line = MarkBeforeNonDigit().Replace(line, " $1 $2");
        line = DashAfterDigit().Replace(line, "$1 $2 ");
        return line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    private static double Combine(long[] correct, long[] total, long predicted, long expected)
    {
        if (correct.All(c => c == 0))
        {
            return 0;
        }

        double logs = 0, smooth = 1;
        for (int order = 0; order < MaxOrder; order++)
        {
            if (total[order] == 0)
            {
                return 0;                                   // no text is long enough to have such n-grams
            }

            if (correct[order] == 0)
            {
                smooth *= 2;
            }

            logs += Math.Log(correct[order] == 0 ? 1 / (smooth * total[order]) : (double)correct[order] / total[order]);
        }

        double brevity = predicted < expected ? Math.Exp(1 - (double)expected / predicted) : 1;
        return brevity * Math.Exp(logs / MaxOrder);
    }

    private static Dictionary<string, int> Grams(string[] words, int order)
    {
        Dictionary<string, int> grams = new(StringComparer.Ordinal);
        for (int at = 0; at + order <= words.Length; at++)
        {
            string gram = string.Join(' ', words, at, order);
            grams[gram] = grams.GetValueOrDefault(gram) + 1;
        }

        return grams;
    }

    [GeneratedRegex(@"([{-~\[-` -&(-+:-@/])", RegexOptions.CultureInvariant)]
    private static partial Regex Punctuation();

    [GeneratedRegex(@"([^0-9])([.,])", RegexOptions.CultureInvariant)]
    private static partial Regex MarkAfterNonDigit();

    [GeneratedRegex(@"([.,])([^0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex MarkBeforeNonDigit();

    [GeneratedRegex(@"([0-9])(-)", RegexOptions.CultureInvariant)]
    private static partial Regex DashAfterDigit();
}
