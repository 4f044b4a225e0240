using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Graft.Text;

/// <summary>A tokenizer's splitting expression, applied to code points.</summary>
/// <remarks>
/// .NET expressions work on UTF-16 units, where a letter beyond U+FFFF is no letter. So the expression runs on a shadow of the text with
/// one character per code point, in which such code points are replaced by a character of the same kind.
/// </remarks>
internal sealed class SplitPattern
{
    private const char Letter = '\u4E00', Number = '\u2460', Other = '\uE000';
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly Regex _expression;
    private readonly bool _keepsRest;

    /// <param name="expression">The expression whose matches are the pieces.</param>
    /// <param name="keepsRest">Whether text between matches is a piece too (isolated) or dropped (removed).</param>
    /// <param name="ignoreCase">Whether letters match in both cases.</param>
    public SplitPattern(string expression, bool keepsRest, bool ignoreCase = false)
    {
        _keepsRest = keepsRest;
        RegexOptions options = RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        try
        {
            _expression = new Regex(expression, options, Limit);
        }
        catch (ArgumentException error)
        {
            throw new GraftException(Failure.Model, $"The tokenizer's split expression is not valid: {error.Message}", inner: error);
        }
    }

    /// <summary>Cuts the text into pieces, in order.</summary>
    public IEnumerable<string> Split(string text)
    {
        (string shadow, int[]? starts) = Shadow(text);
        int done = 0;
        for (Match match = Next(() => _expression.Match(shadow)); match.Success; match = Next(match.NextMatch))
        {
            if (match.Length == 0)
            {
                continue;
            }

            if (_keepsRest && match.Index > done)
            {
                yield return Slice(done, match.Index);
            }

            yield return Slice(match.Index, match.Index + match.Length);
            done = match.Index + match.Length;
        }

        if (_keepsRest && done < shadow.Length)
        {
            yield return Slice(done, shadow.Length);
        }

        string Slice(int from, int to) => starts is null ? text[from..to] : text[starts[from]..starts[to]];
    }

    private static Match Next(Func<Match> step)
    {
        try
        {
            return step();
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new GraftException(Failure.Data, string.Create(CultureInfo.InvariantCulture, $"Splitting a text into words took longer than {Limit.TotalSeconds:0} s."),
                "Shorten the text.", error);
        }
    }

    private static (string Shadow, int[]? Starts) Shadow(string text)
    {
        if (!text.Any(char.IsSurrogate))
        {
            return (text, null);
        }

        StringBuilder shadow = new(text.Length);
        List<int> starts = new(text.Length + 1);
        int at = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            shadow.Append(rune.IsBmp ? (char)rune.Value : Rune.IsLetter(rune) ? Letter : IsNumber(rune) ? Number : Other);
            starts.Add(at);
            at += rune.Utf16SequenceLength;
        }

        starts.Add(at);
        return (shadow.ToString(), [.. starts]);
    }

    private static bool IsNumber(Rune rune) => Rune.IsNumber(rune);
}
