using System.CommandLine;
using Graft.Cli.Commands;

namespace Graft.Cli.CommandLine;

/// <summary>Every command. A command is defined on demand, so that starting one does not build the others.</summary>
internal static class CommandTree
{
    /// <summary>In the order of the help.</summary>
    private static readonly (string Name, Func<CliNode> Define)[] All =
    [
        ("demo", () => new DemoCommand()),
        ("adapt", () => new AdaptCommand()),
        ("compare", () => new CompareCommand()),
        ("generate", () => new GenerateCommand()),
        ("config", () => ConfigCommands.Group()),
        ("inspect", () => new InspectCommand()),
        ("check", () => new CheckCommand()),
        ("forward", () => new ForwardCommand()),
        ("train", () => new TrainCommand()),
        ("val", () => new ValCommand()),
        ("predict", () => new PredictCommand()),
        ("merge", () => new MergeCommand()),
        ("export", () => new ExportCommand()),
        ("join", () => new JoinCommand()),
        ("embed", () => new EmbedCommand()),
        ("reparam", () => new ReparamCommand()),
        ("adapter", () => AdapterCommands.Group()),
        ("peft", () => PeftCommands.Group()),
        ("vlm", () => VlmCommands.Group()),
        ("launch", () => new LaunchCommand()),
        ("bench", () => BenchCommands.Group()),
    ];

    /// <summary>All commands and groups, defined.</summary>
    internal static IEnumerable<CliNode> Nodes => All.Select(entry => entry.Define());

    /// <summary>The command or group of a name.</summary>
    /// <exception cref="GraftException">Of kind Usage: there is no such command.</exception>
    internal static CliNode Find(string name)
    {
        int at = Array.FindIndex(All, entry => entry.Name == name);
        if (at >= 0)
        {
            return All[at].Define();
        }

        string? near = Nearest.To(name, All.Select(entry => entry.Name));
        throw new GraftException(Failure.Usage, $"There is no command '{name}'.", near is null ? "graft --help lists the commands." : $"Did you mean 'graft {near}'?");
    }

    /// <summary>Runs the command that the first arguments name.</summary>
    /// <returns>The exit code.</returns>
    internal static int Execute(string name, IReadOnlyList<string> words)
    {
        CliNode node = Find(name);
        if (node is CommandGroup group)
        {
            if (group.Find(words) is not { } found)
            {
                Console.WriteLine(HelpPage.Of(group));
                return 0;
            }

            (node, words) = found;
        }

        return ((CliCommand)node).Execute(words);
    }

    /// <summary>The page of <c>graft help COMMAND ACTION</c>.</summary>
    internal static string Help(IReadOnlyList<string> names)
    {
        if (names.Count == 0)
        {
            return HelpPage.Overview(Nodes);
        }

        CliNode node = Find(names[0]);
        return HelpPage.Of(node is CommandGroup group && names.Count > 1 && group.Find([names[1]]) is { } found ? found.Action : node);
    }

    /// <summary>Prints completions for <c>[suggest:POSITION] LINE</c>, a line each.</summary>
    internal static int Suggest(string[] words) => Root().Parse(words).Invoke();

    /// <summary>Every command below one, for completion.</summary>
    internal static RootCommand Root()
    {
        RootCommand root = new("Graft");
        root.Options.Clear();       // its own help option has names that graft does not use, and every command has --help
        foreach (CliNode node in Nodes)
        {
            root.Add(node.Definition);
        }

        return root;
    }
}
