using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Configuration;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>graft config show CONFIG: its values after every base and override, with the origin of each.</summary>
internal sealed class ConfigShowCommand : CliCommand
{
    private readonly Argument<string> _config = Configurations.Argument("the configuration");

    internal ConfigShowCommand()
        : base("show", "every value of a configuration, with its origin")
        => Takes(_config);

    internal override string SettingsName => "key=value";

    protected override int Run(Arguments arguments, Output output)
    {
        Config<RunConfig> config = ConfigFinder.Load(arguments.Value(_config)!, arguments.Overrides);
        output.Table(["key", "value", "from"], config.Entries().Select(entry => new[] { entry.Path, entry.Value, entry.Origin.ToString() }));
        output.Notes(config.Ignored);
        output.Result(ConfigWriter.ToJson(config.Value));
        return 0;
    }
}
