using Graft.Cli.CommandLine;

namespace Graft.Cli.Commands;

/// <summary>graft config: lists configurations, and shows one after all overrides.</summary>
internal static class ConfigCommands
{
    internal static CommandGroup Group()
        => new("config", "list configurations, or show one with the origin of each value", null, [new ConfigListCommand(), new ConfigShowCommand()]);
}
