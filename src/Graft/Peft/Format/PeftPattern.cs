using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Graft.Files;

namespace Graft.Peft;

/// <summary>Regular expressions from adapter files: compiled once, in linear time where they allow it, else with a time limit.</summary>
internal static class PeftPattern
{
    private const int LongestPattern = 4096, MostCached = 10_000;
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(250);
    private static readonly ConcurrentDictionary<string, Regex> Cache = new(StringComparer.Ordinal);

    /// <summary>Whether the pattern matches the whole name.</summary>
    internal static bool FitsWhole(string pattern, string name) => Matches($@"\A(?:{pattern})\z", pattern, name);

    /// <summary>Whether the pattern matches the end of the name, beginning at a component.</summary>
    internal static bool FitsEnd(string pattern, string name) => Matches($@"\A(?:.*\.)?(?:{pattern})\z", pattern, name);

    /// <summary>Refuses a pattern that is no regular expression.</summary>
    /// <exception cref="GraftException">It is not one, or too long.</exception>
    internal static void Check(string pattern) => Get(pattern, pattern);

    private static bool Matches(string full, string shown, string name)
    {
        try
        {
            return Get(full, shown).IsMatch(name);
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new GraftException(Failure.Model, $"The regular expression '{Shorten(shown)}' takes too long on '{Shorten(name)}'.",
                "Write the modules as a list of names instead.", error);
        }
    }

    private static Regex Get(string full, string shown)
    {
        if (Cache.TryGetValue(full, out Regex? known))
        {
            return known;
        }

        if (full.Length > LongestPattern)
        {
            throw new GraftException(
                Failure.Model,
                $"A regular expression of {shown.Length} characters is too long.",
                "Write the modules as a list of names instead.");
        }

        Regex regex;
        try
        {
            regex = Compile(full);
        }
        catch (ArgumentException error)
        {
            throw new GraftException(
                Failure.Model, $"'{Shorten(shown)}' is not a regular expression: {Shorten(error.Message)}", null, error);
        }

        if (Cache.Count < MostCached)
        {
            Cache[full] = regex;
        }

        return regex;
    }

    private static Regex Compile(string full)
    {
        try
        {
            return new Regex(full, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Longest);
        }
        catch (NotSupportedException)
        {
            return new Regex(full, RegexOptions.CultureInvariant, Longest);
        }
    }

    private static string Shorten(string text) => Printable.Name(text);
}
