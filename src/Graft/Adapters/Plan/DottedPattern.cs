using System.Text.RegularExpressions;

namespace Graft.Adapters;

/// <summary>A pattern on dotted names: <c>*</c> stands for one segment or a part of it, <c>**</c> for any number of segments,
/// <c>{a,b}</c> for alternatives. It is compared with whole segments, never with a part of the name.</summary>
public sealed class DottedPattern
{
    private readonly Regex _whole, _below;

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="GraftException">Of kind Usage when it is empty or a brace is not closed.</exception>
    public DottedPattern(string text)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Count(letter => letter == '{') != text.Count(letter => letter == '}'))
        {
            throw new GraftException(
                Failure.Usage, $"'{text}' is no pattern of dotted names.", "Write it like neck.*.0, neck.** or backbone.stage{3,4}.");
        }

        Text = text;
        string body = string.Join('|', Alternatives(text).Select(Body));
        _whole = new Regex($"^(?:{body})$", RegexOptions.CultureInvariant);
        _below = new Regex($@"^(?:{body})(?:\..*)?$", RegexOptions.CultureInvariant);
    }

    /// <summary>The pattern as it was written.</summary>
    public string Text { get; }

    /// <summary>Whether it matches this whole name.</summary>
    public bool Matches(string name) => _whole.IsMatch(name);

    /// <summary>Whether it matches this name or a module above it.</summary>
    public bool Covers(string name) => _below.IsMatch(name);

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static IEnumerable<string> Alternatives(string text)
    {
        int open = text.IndexOf('{'), close = text.IndexOf('}');
        return open < 0 || close < open
            ? [text]
            : text[(open + 1)..close].Split(',').SelectMany(choice => Alternatives(text[..open] + choice.Trim() + text[(close + 1)..]));
    }

    // "**" may match no segment, so it includes the dot beside it.
    private static string Body(string pattern)
    {
        string escaped = string.Join(
            @"\.", pattern.Split('.').Select(segment => segment == "**" ? "**" : Regex.Escape(segment).Replace(@"\*", @"[^.]*")));
        return escaped == "**"
            ? ".*"
            : escaped.Replace(@"**\.", @"(?:[^.]+\.)*").Replace(@"\.**", @"(?:\.[^.]+)*");
    }
}
