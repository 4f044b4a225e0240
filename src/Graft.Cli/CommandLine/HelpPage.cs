using System.CommandLine;
using System.Text;

namespace Graft.Cli.CommandLine;

/// <summary>Help texts, made from the definitions of commands.</summary>
internal static class HelpPage
{
    private const int Width = 110, WidestName = 34;

    private const string ExitCodes = """
        Exit codes: 0 done, 1 failed, 2 usage or config, 3 data, 4 model or weights, 5 export, 6 refused,
                    130 stopped by Ctrl+C, 143 stopped by SIGTERM.
        """;

    /// <summary>The page of <c>graft --help</c>.</summary>
    internal static string Overview(IEnumerable<CliNode> nodes)
    {
        StringBuilder page = new("graft COMMAND TARGET... [key=value ...] [--options]\n");
        CliNode[] all = [.. nodes];
        Rows(page, "Commands:", all.Select(node => (node.Name, node.Summary)));
        page.Append($"""

            Every command takes {string.Join(", ", new CommonOptions().All.SkipLast(1).Select(Written))} and --help.
            graft COMMAND --help prints the arguments and options of one; graft --version prints the version.
            {ExitCodes}
            """);
        return page.ToString();
    }

    /// <summary>The page of a command or of a group.</summary>
    internal static string Of(CliNode node)
    {
        StringBuilder page = new($"graft {node.FullName}: {node.Summary}\n\n");
        if (node is CommandGroup group)
        {
            page.Append($"Usage: graft {group.FullName} ACTION TARGET... [--options]\n");
            Rows(page, "Actions:", group.Actions.Select(action => (string.Join(' ', Targets(action).Prepend(action.Name)), action.Summary)));
            page.Append($"\ngraft {group.FullName} ACTION --help prints the options of one.\n");
        }
        else
        {
            Command(page, (CliCommand)node);
        }

        return node.Notes is { } notes ? $"{page}\n{notes.ReplaceLineEndings("\n")}" : page.ToString().TrimEnd('\n');
    }

    /// <summary>An option as it is written: <c>--conf X</c>.</summary>
    internal static string Written(Option option)
        => option.Arity.MaximumNumberOfValues == 0 ? option.Name
            : option.Arity.MinimumNumberOfValues == 0 ? $"{option.Name} [{option.HelpName}]"
            : $"{option.Name} {option.HelpName}";

    private static void Command(StringBuilder page, CliCommand command)
    {
        IReadOnlyList<string> forms = command.Forms.Count > 0 ? [.. command.Forms.Select(form => $"{command.FullName} {form}")] : [Usage(command)];
        page.Append("Usage: ").Append(string.Join("\n       ", forms.Select(form => $"graft {form}"))).Append('\n');
        Rows(page, "Arguments:", command.Definition.Arguments.Select(argument => (Named(argument), argument.Description!)));
        HashSet<string> common = [.. command.Common.All.Append(command.Common.CfgOptions).Select(option => option.Name)];
        Rows(page, "Options:", command.Definition.Options.Where(option => !common.Contains(option.Name)).Select(Row));
        Rows(page, "Options of every command:", command.Definition.Options.Where(option => common.Contains(option.Name)).Select(Row));
    }

    private static IEnumerable<string> Targets(CliCommand command) => command.Definition.Arguments.Select(Named);

    /// <summary>The command line that follows from a definition.</summary>
    private static string Usage(CliCommand command)
    {
        IEnumerable<string> parts =
        [
            command.FullName,
            .. Targets(command),
            .. command.SettingsName is { } settings ? new[] { $"[{settings} ...]" } : [],
            .. command.Definition.Options.Where(option => option.Required).Select(Written),
            .. command.Definition.Options.Any(option => !option.Required && !command.Common.All.Contains(option)) ? new[] { "[--options]" } : [],
        ];
        return string.Join(' ', parts);
    }

    private static string Named(Argument argument) => (argument.Arity.MinimumNumberOfValues, argument.Arity.MaximumNumberOfValues) switch
    {
        (0, 1) => $"[{argument.Name}]",
        (0, _) => $"[{argument.Name}...]",
        (_, 1) => argument.Name,
        (int least, int most) when least == most => string.Join(' ', Enumerable.Repeat(argument.Name, least)),
        _ => $"{argument.Name}...",
    };

    private static (string, string) Row(Option option)
    {
        string names = string.Join(", ", option.Aliases.Prepend(Written(option)));
        string more = option.Required ? " (required)" : option.Arity.MaximumNumberOfValues > 1 ? " (may be repeated)"
            : option.Arity.MaximumNumberOfValues > 0 && option.HasDefaultValue && option.GetDefaultValue() is { } value ? $" [{value}]" : "";
        return (names, option.Description + more);
    }

    /// <summary>Names on the left, descriptions wrapped on the right.</summary>
    private static void Rows(StringBuilder page, string title, IEnumerable<(string Name, string Text)> rows)
    {
        (string Name, string Text)[] all = [.. rows];
        if (all.Length == 0)
        {
            return;
        }

        int width = all.Select(row => row.Name.Length).Where(length => length <= WidestName).DefaultIfEmpty(WidestName).Max();
        page.Append($"\n{title}\n");
        foreach ((string name, string text) in all)
        {
            string indent = new(' ', width + 4);
            string first = name.Length <= width ? $"  {name.PadRight(width)}  " : $"  {name}\n{indent}";
            page.Append(first).Append(Wrapped(text, Width - indent.Length).ReplaceLineEndings("\n" + indent)).Append('\n');
        }
    }

    private static string Wrapped(string text, int width)
    {
        StringBuilder result = new();
        int column = 0;
        foreach (string word in text.Split(' '))
        {
            bool breaks = column > 0 && column + 1 + word.Length > width;
            result.Append(column == 0 ? "" : breaks ? "\n" : " ").Append(word);
            column = breaks || column == 0 ? word.Length : column + 1 + word.Length;
        }

        return result.ToString();
    }
}
