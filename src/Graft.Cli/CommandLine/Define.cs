using System.CommandLine;
using System.CommandLine.Parsing;

namespace Graft.Cli.CommandLine;

/// <summary>Typed arguments and options. An error of their checks names the option, the value found and the value expected; the
/// second line is the hint.</summary>
internal static class Define
{
    /// <summary>An argument that must be given.</summary>
    internal static Argument<string> Target(string name, string description) => new(name) { Description = description };

    /// <summary>An optional argument.</summary>
    internal static Argument<string?> OptionalTarget(string name, string description)
        => new(name) { Description = description, Arity = ArgumentArity.ZeroOrOne };

    /// <summary>Several arguments.</summary>
    internal static Argument<string[]> Targets(string name, string description, int least = 1, int most = 100_000)
        => new(name) { Description = description, Arity = new ArgumentArity(least, most) };

    /// <summary>An option without a value.</summary>
    internal static Option<bool> Flag(string name, string description, params string[] aliases)
        => new(name, aliases) { Description = description, Arity = ArgumentArity.Zero };

    /// <summary>An option with any text.</summary>
    internal static Option<string?> Text(string name, string value, string description) => new(name) { HelpName = value, Description = description };

    /// <summary>An option with any text, with a default.</summary>
    internal static Option<string> Text(string name, string value, string description, string otherwise)
        => new(name) { HelpName = value, Description = description, DefaultValueFactory = _ => otherwise };

    /// <summary>An option with any text that must be given.</summary>
    internal static Option<string> Required(string name, string value, string description)
        => new(name) { HelpName = value, Description = description, Required = true };

    /// <summary>An option with an optional value.</summary>
    internal static Option<string?> OptionalText(string name, string value, string description)
        => new(name) { HelpName = value, Description = description, Arity = ArgumentArity.ZeroOrOne };

    /// <summary>An option that may be repeated.</summary>
    internal static Option<string[]> Repeated(string name, string value, string description)
        => new(name) { HelpName = value, Description = description, Arity = new ArgumentArity(1, 100_000) };

    /// <summary>A number of a range.</summary>
    internal static Option<double?> Number(string name, string value, string description, NumberRange range)
        => InRange(name, value, description, range, result => Real(result, name, Only(result), range));

    /// <summary>A number of a range, with a default.</summary>
    internal static Option<double> Number(string name, string value, string description, NumberRange range, double otherwise)
        => WithDefault(InRange(name, value, description, range, result => Real(result, name, Only(result), range) ?? otherwise), otherwise);

    /// <summary>A whole number of a range.</summary>
    internal static Option<int?> Integer(string name, string value, string description, NumberRange range)
        => InRange(name, value, description, range, result => Whole(result, name, Only(result), range));

    /// <summary>A whole number of a range, with a default.</summary>
    internal static Option<int> Integer(string name, string value, string description, NumberRange range, int otherwise)
        => WithDefault(InRange(name, value, description, range, result => Whole(result, name, Only(result), range) ?? otherwise), otherwise);

    /// <summary>A whole number of a range that must be given.</summary>
    internal static Option<int> RequiredInteger(string name, string value, string description, NumberRange range)
    {
        Option<int> option = InRange(name, value, description, range, result => Whole(result, name, Only(result), range) ?? 0);
        option.Required = true;
        return option;
    }

    /// <summary>A list of numbers, <c>1,0.5</c>.</summary>
    internal static Option<double[]?> Numbers(string name, string value, string description, bool required = false) => new(name)
    {
        HelpName = value,
        Description = description,
        Required = required,
        CustomParser = result => Only(result).Split(',').Select(text => Real(result, name, text.Trim(), new NumberRange())).ToArray() is var numbers
            && numbers.All(number => number is not null) ? [.. numbers.Select(number => number!.Value)] : null,
    };

    /// <summary>One of several values; the first is the default.</summary>
    internal static Option<string> Choice(string name, string description, params string[] words)
    {
        Option<string> option = new(name)
        {
            HelpName = string.Join('|', words),
            Description = description,
            CustomParser = result => OneOf(result, name, words) ?? words[0],
            DefaultValueFactory = _ => words[0],
        };
        option.CompletionSources.Add(words);
        return option;
    }

    /// <summary>One value of an enumeration, its words joined by a separator; upper case and other separators are accepted too.</summary>
    internal static Option<T?> Choice<T>(string name, string description, char separator = '_', bool required = false)
        where T : struct, Enum
    {
        T[] values = Enum.GetValues<T>();
        string[] words = [.. values.Select(value => Spelled(value, separator))];
        Option<T?> option = new(name)
        {
            HelpName = string.Join('|', words),
            Description = description,
            Required = required,
            CustomParser = result => OneOf(result, name, words) is { } word ? values[Array.IndexOf(words, word)] : null,
        };
        option.CompletionSources.Add(words);
        return option;
    }

    /// <summary>The value of an enumeration with the given name; null: none.</summary>
    internal static T? Spelt<T>(string word)
        where T : struct, Enum
        => Enum.GetValues<T>().Cast<T?>().FirstOrDefault(value => Plain(Spelled(value!.Value, '_')) == Plain(word));

    /// <summary>The name of an enumeration's value: <c>anyres_e2p</c>.</summary>
    internal static string Spelled<T>(T value, char separator = '_')
        where T : struct, Enum
        => string.Concat($"{value}".Select((c, i) => i > 0 && char.IsUpper(c) ? $"{separator}{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));

    private static Option<T> InRange<T>(string name, string value, string description, NumberRange range, Func<ArgumentResult, T> parse)
        => new(name) { HelpName = value, Description = $"{description}; {range}", CustomParser = parse };

    private static Option<T> WithDefault<T>(Option<T> option, T otherwise)
    {
        option.DefaultValueFactory = _ => otherwise;
        return option;
    }

    private static string Only(ArgumentResult result) => result.Tokens[0].Value;

    private static string? OneOf(ArgumentResult result, string name, string[] words)
    {
        string text = Only(result);
        if (words.FirstOrDefault(word => Plain(word) == Plain(text)) is { } found)
        {
            return found;
        }

        string expected = words.Length < 3 ? string.Join(" or ", words) : $"{string.Join(", ", words[..^1])} or {words[^1]}";
        Refuse(result, $"{name} is '{text}', expected {expected}.", Nearest.Suggestion(text, words));
        return null;
    }

    private static string Plain(string word) => word.ToLowerInvariant().Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);

    private static double? Real(ArgumentResult result, string name, string text, NumberRange range)
    {
        double? value = NumberText.Real(text);
        if (value is null)
        {
            Refuse(result, $"{name}: '{text}' is not a number; expected {range}.", NumberText.Hint(text, range: range));
        }
        else if (!range.Contains(value.Value))
        {
            Refuse(result, $"{name} is {text}, expected {range}.", range.Hint(value.Value));
            return null;
        }

        return value;
    }

    private static int? Whole(ArgumentResult result, string name, string text, NumberRange range)
    {
        long? value = NumberText.Whole(text);
        if (value is null)
        {
            Refuse(result, $"{name} is '{text}', expected a whole number, {range}.", NumberText.Hint(text, whole: true, range));
            return null;
        }

        if (value is >= int.MinValue and <= int.MaxValue && range.Contains(value.Value))
        {
            return (int)value.Value;
        }

        bool tooLarge = value > int.MaxValue && range.High >= int.MaxValue;
        Refuse(result, tooLarge ? $"{name} is {text}, expected at most {int.MaxValue}." : $"{name} is {text}, expected {range}.", range.Hint(value.Value));
        return null;
    }

    private static void Refuse(ArgumentResult result, string message, string? hint) => result.AddError(hint is null ? message : $"{message}\n{hint}");
}
