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

        CONFIG is a YAML file, a short name such as yolo_world/v2_n, or the last part of one: v2_n.
        """;

    private static readonly (string Folder, string Title)[] Groups =
    [
        ("start", "start: recipes for classes of your own"), ("yolo_world", "models: YOLO-World, sizes alone"), ("yolov10", "models: YOLOv10, sizes alone"),
        ("boards", "boards: the circuit boards of the README"), ("adapter", "adapter: strategies for adapting a frozen base"),
    ];

    protected override string[] Options => [];

    protected override int Run(Arguments arguments, Output output)
    {
        switch (arguments.Targets)
        {
            case ["list"]:
                IReadOnlyList<string> found = ConfigFinder.List();
                List(found, output);
                output.Result(new JsonObject
                {
                    ["configs"] = new JsonArray([.. found.Select(path => (JsonNode)path)]),
                    ["descriptions"] = new JsonObject(found.Select(path => KeyValuePair.Create(path, (JsonNode?)ConfigFinder.Describe(path)))),
                });
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

    private static void List(IReadOnlyList<string> found, Output output)
    {
        ILookup<string, string> folders = found.ToLookup(path => ConfigFinder.ShortName(path).Split('/')[0]);
        IEnumerable<(string Folder, string Title)> others = folders.Where(group => Groups.All(known => known.Folder != group.Key)).Select(group => (group.Key, group.Key));
        int width = found.Select(path => ConfigFinder.ShortName(path).Length).DefaultIfEmpty().Max();
        foreach ((string folder, string title) in Groups.Concat(others).Where(group => folders.Contains(group.Folder)))
        {
            output.Line(title);
            foreach (string path in folders[folder])
            {
                output.Line($"  {ConfigFinder.ShortName(path).PadRight(width)}  {ConfigFinder.Describe(path)}".TrimEnd());
            }

            output.Line();
        }

        output.Line("Train with one: graft train NAME --data DATA. Show its values: graft config show NAME.");
    }
}
