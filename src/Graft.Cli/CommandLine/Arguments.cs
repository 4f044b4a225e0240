using System.CommandLine;

namespace Graft.Cli.CommandLine;

/// <summary>The parsed command line of a command: typed values of its arguments and options, and <c>key=value</c> settings.</summary>
internal sealed class Arguments
{
    private static readonly ParserConfiguration Plain = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

    private readonly ParseResult _parsed;
    private readonly Settings _settings;

    private Arguments(ParseResult parsed, Settings settings) => (_parsed, _settings) = (parsed, settings);

    /// <summary>Notes for the user about the command line, a sentence each.</summary>
    internal IReadOnlyList<string> Remarks => _settings.Remarks;

    /// <summary><c>key=value</c> pairs with aliases resolved.</summary>
    internal IReadOnlyList<string> Overrides => _settings.Overrides;

    /// <summary>Parses the arguments after a command.</summary>
    /// <exception cref="GraftException">Of kind Usage: the arguments are not valid.</exception>
    internal static Arguments Parse(CliCommand command, IReadOnlyList<string> words) => Of(command, command.Read(words));

    /// <summary>Parses sorted arguments.</summary>
    /// <exception cref="GraftException">Of kind Usage: the arguments are not valid.</exception>
    internal static Arguments Of(CliCommand command, IEnumerable<Word> words)
    {
        Settings settings = new();
        Dictionary<string, string?> once = [];
        List<string> line = [], targets = [];
        foreach (Word word in words)
        {
            if (word.Key is not null)
            {
                settings.Add(word.Key, word.Value!);
            }
            else if (word.Option is null)
            {
                targets.Add(word.Value!);
            }
            else if (word.Option.Arity.MaximumNumberOfValues > 1 || once.TryAdd(word.Option.Name, word.Value))
            {
                line.Add(word.Value is null ? word.Option.Name : $"{word.Option.Name}={word.Value}");
            }
            else if (once[word.Option.Name] != word.Value)
            {
                throw Wrong($"{word.Option.Name} is given twice: {once[word.Option.Name] ?? "nothing"} and {word.Value ?? "nothing"}.", "Give it once.");
            }
        }

        ParseResult parsed = command.Definition.Parse([.. line, "--", .. targets], Plain);
        Arguments arguments = new(parsed, settings);
        RequireTargets(command.Definition, targets);
        arguments.RequireOptions(command.Definition);
        if (parsed.Errors is not [{ } error, ..])
        {
            return arguments;
        }

        string[] lines = error.Message.Split('\n', 2);
        throw Wrong(lines[0], lines.ElementAtOrDefault(1));
    }

    /// <summary>Whether an option is given.</summary>
    internal bool Has(Option option) => _parsed.GetResult(option) is { Implicit: false };

    /// <summary>The value of an option, or its default.</summary>
    internal T? Value<T>(Option<T> option) => _parsed.GetValue(option);

    /// <summary>The value of an argument; null when it is optional and absent.</summary>
    internal T? Value<T>(Argument<T> argument) => _parsed.GetValue(argument);

    /// <summary>Values of an option that may be repeated.</summary>
    internal IReadOnlyList<string> Values(Option<string[]> option) => _parsed.GetValue(option) ?? [];

    /// <summary>The value of an option that must be given in this form of the command.</summary>
    internal string Required(Option<string?> option) => Value(option) ?? throw Wrong($"{option.Name} is missing.");

    /// <summary>The value of an argument that must be given in this form of the command.</summary>
    internal string Required(Argument<string?> argument) => Value(argument) ?? throw Wrong($"{Shown(argument)} is missing.");

    /// <summary>A mistake in the command line.</summary>
    internal static GraftException Wrong(string message, string? hint = null)
        => new(Failure.Usage, message, hint ?? "graft COMMAND --help lists the options.");

    /// <summary>RUN|FILE as part of a sentence: RUN or FILE.</summary>
    private static string Shown(Argument argument)
    {
        string[] names = argument.Name.Split('|');
        return names.Length == 1 ? names[0] : $"{string.Join(", ", names[..^1])} or {names[^1]}";
    }

    private static void RequireTargets(Command command, List<string> targets)
    {
        int least = 0, most = 0;
        foreach (Argument argument in command.Arguments)
        {
            least += argument.Arity.MinimumNumberOfValues;
            most += argument.Arity.MaximumNumberOfValues;
            if (targets.Count < least)
            {
                throw Wrong(argument.Arity is { MinimumNumberOfValues: > 1 and int needed }
                    ? $"{Shown(argument)} is expected {needed} times; found {targets.Count - (least - needed)}." : $"{Shown(argument)} is missing.");
            }
        }

        if (targets.Count > most)
        {
            string found = string.Join(", ", targets);
            throw Wrong(most == 0 ? $"No argument is expected here; found {found}."
                : command.Arguments.Count == 1 && most == 1 ? $"One {Shown(command.Arguments[0])} is expected; found {found}."
                : $"{string.Join(" and ", command.Arguments.Select(Shown))} are expected; found {found}.");
        }
    }

    private void RequireOptions(Command command)
    {
        if (command.Options.FirstOrDefault(option => option.Required && !Has(option)) is { } missing)
        {
            throw Wrong($"{missing.Name} is missing.", missing.CompletionSources.Count > 0 ? $"Add {missing.Name} {missing.HelpName}." : null);
        }
    }
}
