using Graft.Cli.CommandLine;

namespace Graft.Cli.Commands;

/// <summary>graft adapter: adapter files, which contain the changes of tuning and name their base.</summary>
internal static class AdapterCommands
{
    private const string Notes = "To use one: graft predict BASE IMAGE --adapter FILE [--strength 0.5]; graft val takes the same options, graft merge merges it into the base.";

    internal static CommandGroup Group() => new(
        "adapter", "adapter files: list, add two of one base, compress to a lower rank, unmerge one from a model", Notes,
        [new AdapterListCommand(), new AdapterAddCommand(), new AdapterCompressCommand(), new AdapterRemoveCommand()]);
}
