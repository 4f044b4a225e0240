using System.Text.Json.Nodes;
using Graft.Configuration;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>graft config list | show CONFIG: which configurations exist, and what one resolves to.</summary>
internal sealed class ConfigCommand : Command
{
    internal override string Name => "config";

    internal override string Summary => "list configurations, or show one with the origin of each value";

    internal override string Usage => """
        graft config list
        graft config show CONFIG [key=value ...]

        CONFIG is a YAML file or a short name such as yolo_world/v2_n.
        """;

    protected override string[] Options => [];

    protected override int Run(Arguments arguments, Output output)
    {
        switch (arguments.Targets)
        {
            case ["list"]:
                IReadOnlyList<string> found = ConfigFinder.List();
                foreach (string path in found)
                {
                    output.Line(path);
                }

                output.Result(new JsonObject { ["configs"] = new JsonArray([.. found.Select(path => (JsonNode)path)]) });
                return 0;

            case ["show", string name]:
                Config<RunConfig> config = ConfigFinder.Load(name, arguments.Overrides);
                output.Table(["key", "value", "from"], config.Entries().Select(entry => new[] { entry.Path, entry.Value, entry.Origin.ToString() }));
                output.Result(ConfigWriter.ToJson(config.Value));
                return 0;

            default:
                throw Arguments.Wrong("graft config takes 'list', or 'show CONFIG'.");
        }
    }
}
