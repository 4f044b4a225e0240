using Graft.Cli.CommandLine;

namespace Graft.Cli.Commands;

/// <summary>graft peft: LoRA adapters as the PEFT library stores them.</summary>
internal static class PeftCommands
{
    internal static CommandGroup Group() => new(
        "peft", "adapters of the PEFT library: check, merge, unmerge, combine, export", null,
        [new PeftCheckCommand(), new PeftMergeCommand(unmerge: false), new PeftMergeCommand(unmerge: true), new PeftCombineCommand(), new PeftExportCommand()]);
}
