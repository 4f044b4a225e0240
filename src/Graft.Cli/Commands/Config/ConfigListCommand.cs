using System.Text.Json.Nodes;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>graft config list: the configurations that come with Graft, in groups.</summary>
internal sealed class ConfigListCommand : CliCommand
{
    private static readonly (string Folder, string Title)[] Groups =
    [
        ("start", "start: recipes for classes of your own"), ("yolo_world", "models: YOLO-World, network sizes only"), ("yolov10", "models: YOLOv10, network sizes only"),
        ("boards", "boards: the circuit boards of the README"), ("adapter", "adapter: strategies for adapting a frozen base"),
    ];

    internal ConfigListCommand()
        : base("list", "configurations in groups, with a line each")
        => Takes();

    protected override int Run(Arguments arguments, Output output)
    {
        IReadOnlyList<string> found = ConfigFinder.List();
        Show(found, output);
        output.Result(new JsonObject
        {
            ["configs"] = new JsonArray([.. found.Select(path => (JsonNode)path)]),
            ["descriptions"] = new JsonObject(found.Select(path => KeyValuePair.Create(path, (JsonNode?)ConfigFinder.Describe(path)))),
        });
        return 0;
    }

    private static void Show(IReadOnlyList<string> found, Output output)
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
