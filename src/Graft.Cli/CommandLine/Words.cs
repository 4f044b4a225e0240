using System.CommandLine;

namespace Graft.Cli.CommandLine;

/// <summary>One part of a command line: an option with its value, a setting, or a target.</summary>
/// <param name="Position">Index of its first argument.</param>
/// <param name="Option">The option; null: a setting or a target.</param>
/// <param name="Key">Key of a setting; null: an option or a target.</param>
/// <param name="Value">Value of an option or a setting, or the target itself.</param>
internal sealed record Word(int Position, Option? Option, string? Key, string? Value);

/// <summary>Sorts the arguments of a command line into options, settings and targets. System.CommandLine would assign
/// <c>conf=0.3</c> and <c>--epochs 3</c> to the first target that accepts any text, and an option's name to the option before it.</summary>
internal static class Words
{
    /// <param name="words">The words after the command.</param>
    /// <param name="known">Options of the command.</param>
    /// <param name="takesSettings">Whether <c>key=value</c> is a setting; else it is an option without dashes or a target.</param>
    /// <exception cref="GraftException">Of kind Usage: an unknown option, one without its value, or one with a value that it does not take.</exception>
    internal static List<Word> Read(IReadOnlyList<string> words, IReadOnlyCollection<Option> known, bool takesSettings)
    {
        Dictionary<string, Option> options = known.ToDictionary(option => option.Name[2..]);
        List<Word> result = [];
        for (int i = 0; i < words.Count; i++)
        {
            string word = words[i];
            if (word is "--")
            {
                result.AddRange(Enumerable.Range(i + 1, words.Count - i - 1).Select(at => new Word(at, null, null, words[at])));
                break;
            }

            if (!word.StartsWith("--", StringComparison.Ordinal))
            {
                result.Add(word is "-h" && options.TryGetValue("help", out Option? help) ? new Word(i, help, null, null) : Undashed(word, i, options, takesSettings));
                continue;
            }

            int start = i, equals = word.IndexOf('=');
            string name = (equals < 0 ? word[2..] : word[2..equals]).Replace('_', '-');
            string? value = equals < 0 ? null : word[(equals + 1)..];
            bool follows = i + 1 < words.Count && !words[i + 1].StartsWith("--", StringComparison.Ordinal);
            if (!options.TryGetValue(name, out Option? option))
            {
                result.Add(new Word(start, null, SettingOf(name, options.Keys, takesSettings), value ?? (follows ? words[++i] : "true")));
            }
            else if (name is "cfg-options")
            {
                for (; i + 1 < words.Count && words[i + 1].Contains('=') && !words[i + 1].StartsWith("--", StringComparison.Ordinal); i++)
                {
                    string[] pair = words[i + 1].Split('=', 2);
                    result.Add(new Word(i + 1, null, pair[0], pair[1]));
                }
            }
            else
            {
                bool takes = option.Arity.MaximumNumberOfValues > 0, needs = option.Arity.MinimumNumberOfValues > 0;
                if (takes && value is null && (needs || (follows && !words[i + 1].Contains('='))))
                {
                    value = follows ? words[++i] : throw Arguments.Wrong($"--{name} needs a value.");
                }

                result.Add(Valid(new Word(start, option, null, value)));
            }
        }

        return result;
    }

    /// <summary>An argument without two dashes: <c>device=cpu</c> is an option, <c>epochs=3</c> a setting, anything else a target.</summary>
    private static Word Undashed(string word, int at, Dictionary<string, Option> options, bool takesSettings)
    {
        if (File.Exists(word))
        {
            return new Word(at, null, null, word);
        }

        if (word.Length > 1 && word[0] == '-' && char.IsAsciiLetter(word[1]))
        {
            string plain = word.TrimStart('-').Split('=')[0];
            throw Unknown(word, plain, options.Keys, takesSettings);
        }

        int equals = word.IndexOf('=');
        if (equals <= 0)
        {
            return new Word(at, null, null, word);
        }

        string key = word[..equals], value = word[(equals + 1)..];
        bool single = options.TryGetValue(key.Replace('_', '-'), out Option? option) && option.Arity is { MinimumNumberOfValues: 1, MaximumNumberOfValues: 1 };
        return single && (!takesSettings || key is "data" || !Settings.IsShortName(key)) ? Valid(new Word(at, option, null, value))
            : takesSettings ? new Word(at, null, key, value)
            : new Word(at, null, null, word);
    }

    private static Word Valid(Word word)
    {
        Option option = word.Option!;
        if (option.Arity.MaximumNumberOfValues == 0 && word.Value is not null)
        {
            throw Arguments.Wrong($"{option.Name} takes no value; found '{word.Value}'.", $"Write {option.Name}, or leave it out.");
        }

        return word.Value is not "" ? word : throw Arguments.Wrong($"{option.Name} is empty.", $"Write {HelpPage.Written(option)}.");
    }

    /// <summary>A long option that is a setting's name (<c>--epochs 5</c>) changes it; anything else is a typing error.</summary>
    private static string SettingOf(string name, IEnumerable<string> known, bool takesSettings)
    {
        string key = name.Replace('-', '_');
        return takesSettings && (Settings.IsShortName(key) || key.Contains('.')) ? key : throw Unknown($"--{name}", name, known, takesSettings);
    }

    private static GraftException Unknown(string word, string plain, IEnumerable<string> known, bool takesSettings)
    {
        string? here = Settings.NameHere(plain);
        string? near = here is not null && (known.Contains(here) || (takesSettings && Settings.IsShortName(here))) ? here
            : Nearest.To(plain, takesSettings ? known.Concat(Settings.ShortNames) : known);
        return Arguments.Wrong($"There is no option {word}.", near is null ? null : $"Did you mean --{near}?");
    }
}
