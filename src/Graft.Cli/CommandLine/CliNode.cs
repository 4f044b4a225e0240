using System.CommandLine;

namespace Graft.Cli.CommandLine;

/// <summary>A command or a group of commands: its name, its summary, and its definition for System.CommandLine.</summary>
internal abstract class CliNode
{
    protected CliNode(string name, string summary) => (Definition, FullName) = (new Command(name, summary), name);

    /// <summary>Definition for parsing, help and completion.</summary>
    internal Command Definition { get; }

    internal string Name => Definition.Name;

    /// <summary>Its full name: <c>bench infer</c>.</summary>
    internal string FullName { get; set; }

    /// <summary>One line of the overview.</summary>
    internal string Summary => Definition.Description!;

    /// <summary>Text of the help below the options; null: none.</summary>
    internal virtual string? Notes => null;
}
