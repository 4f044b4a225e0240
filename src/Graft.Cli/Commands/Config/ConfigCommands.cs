using Graft.Cli.CommandLine;

namespace Graft.Cli.Commands;

/// <summary>graft config: which configurations exist, and what one resolves to.</summary>
internal static class ConfigCommands
{
    internal static CommandGroup Group()
        => new("config", "list configurations, or show one with the origin of each value", null, [new ConfigListCommand(), new ConfigShowCommand()]);
}
