using System.Text;
using System.Text.RegularExpressions;

namespace Graft.Testing;

/// <summary>
/// Damages texts with typical mistakes, reproducibly: characters, lines, brackets, quotes, indentation, numbers, words, encodings, and
/// cuts.
/// </summary>
public sealed partial class TextMutations(int seed, string[] seeds)
{
    private static readonly string[] Numbers = ["", "0", "-1", "1e999", "-1e308", "NaN", ".nan", "Infinity", "-Infinity", "0,5", "1_000",
        "9223372036854775808", "2147483648", "0x10", "1e-320", "\"7\"", "null", "--3", "3.", "00", "+1"];
    private static readonly string[] Signs = ["[", "]", "{", "}", "\"", "'", ":", ",", "-", "#", "&", "*", "!", "|", ">", "%", "@", "`", "?", "\\",
        "&a ", "*a", "<<: ", "---\n", "...\n", "!!binary ", "\t", "\n", "\r", "//", "/*", "~", "True", "None", "=", ": ", "- ", "? "];
    private static readonly string[] Odd = ["\0", "\uFEFF", "\u2028", "\u0085", "\u200B", "\u202E", "\uFFFF", "\uD83D\uDE00", "é", "\u0007", "\u001B[31m",
        "\\u0000", "\\ud800", "\\x00", "ﬀ", "١"];

    private readonly Random _random = new(seed);

    /// <summary>The text that the last damaged file was made from.</summary>
    public int Seed { get; private set; }

    /// <summary>One of the texts with one to four mutations, as the bytes of a file.</summary>
    public byte[] Next()
    {
        string text = seeds[Seed = _random.Next(seeds.Length)];
        for (int i = _random.Next(1, 5); i > 0; i--)
        {
            text = text.Length == 0 ? Any(Signs) : Damage(text);
        }

        return Encode(text);
    }

    private string Damage(string text)
    {
        int at = _random.Next(text.Length), count = _random.Next(1, Math.Min(8, text.Length - at) + 1);
        switch (_random.Next(15))
        {
            case 0: return text.Remove(at, count);
            case 1: return text.Insert(at, text.Substring(at, count));
            case 2: return at + 1 < text.Length ? text[..at] + text[at + 1] + text[at] + text[(at + 2)..] : text;
            case 3: return Lines(text, (lines, i) => lines.RemoveAt(i));
            case 4: return Lines(text, (lines, i) => lines.Insert(_random.Next(lines.Count), lines[i]));
            case 5: return Lines(text, (lines, i) => (lines[i], lines[^1]) = (lines[^1], lines[i]));
            case 6: return Lines(text, (lines, i) => lines[i] = Indentation() + (_random.Next(2) == 0 ? lines[i] : lines[i].TrimStart()));
            case 7: return Replace(text, Bracket(), _ => "");
            case 8: return text.Insert(at, Any(Signs));
            case 9: return text.Insert(at, string.Concat(Enumerable.Repeat(Any(Signs), _random.Next(2, 1 << _random.Next(2, 13)))));
            case 10: return Replace(text, Number(), _ => Any(Numbers));
            case 11: return Replace(text, Word(), _ => Word().Matches(text) is { Count: > 0 } words ? words[_random.Next(words.Count)].Value : "");
            case 12: return text[..at];
            case 13: return text.Insert(at, Any(Odd));
            default: return text[..at] + Any(_random.Next(2) == 0 ? Signs : Odd) + text[(at + count)..];
        }
    }

    private string Lines(string text, Action<List<string>, int> change)
    {
        List<string> lines = [.. text.Split('\n')];
        change(lines, _random.Next(lines.Count));
        return string.Join('\n', lines);
    }

    private string Replace(string text, Regex what, Func<Match, string> with)
    {
        MatchCollection found = what.Matches(text);
        Match? one = found.Count == 0 ? null : found[_random.Next(found.Count)];
        return one is null ? text : text[..one.Index] + with(one) + text[(one.Index + one.Length)..];
    }

    private byte[] Encode(string text)
    {
        switch (_random.Next(60))
        {
            case 0: return Encoding.Latin1.GetBytes(text);
            case 1: return [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(text)];
            case 2: return Encoding.BigEndianUnicode.GetBytes(text);
            case 3: return [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(text)];
            case 4: return Encoding.UTF8.GetBytes(text.Replace("\n", "\r\n", StringComparison.Ordinal));
            case 5:
                byte[] bytes = Encoding.UTF8.GetBytes(text);
                for (int i = _random.Next(1, 5); i > 0 && bytes.Length > 0; i--)
                {
                    bytes[_random.Next(bytes.Length)] = (byte)_random.Next(256);
                }

                return bytes;
            default: return Encoding.UTF8.GetBytes(text);
        }
    }

    private string Indentation() => _random.Next(3) == 0 ? "\t" : new string(' ', _random.Next(1, 4));

    private string Any(string[] from) => from[_random.Next(from.Length)];

    [GeneratedRegex("""[\[\]{}"',:]""")]
    private static partial Regex Bracket();

    [GeneratedRegex(@"-?\d+(\.\d+)?([eE][-+]?\d+)?")]
    private static partial Regex Number();

    [GeneratedRegex(@"[A-Za-z_][\w/.-]*")]
    private static partial Regex Word();
}
