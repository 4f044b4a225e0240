using System.CommandLine;

namespace Graft.Cli.CommandLine;

/// <summary>A command or a group of commands: its name, its summary, and its definition for System.CommandLine.</summary>
internal abstract class CliNode
{
    protected CliNode(string name, string summary) => (Definition, FullName) = (new Command(name, summary), name);

    /// <summary>What parsing, help and completion read.</summary>
    internal Command Definition { get; }

    internal string Name => Definition.Name;

    /// <summary>The words that call it: <c>bench infer</c>.</summary>
    internal string FullName { get; set; }

    /// <summary>One line of the overview.</summary>
    internal string Summary => Definition.Description!;

    /// <summary>What the help says below the options; null: nothing.</summary>
    internal virtual string? Notes => null;
}
