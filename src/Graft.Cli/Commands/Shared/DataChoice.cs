using System.CommandLine;
using Graft.Cli.CommandLine;

namespace Graft.Cli.Commands;

/// <summary><c>--data DATA</c> for a model that was trained on other data: the data settings of its run are reset.</summary>
internal static class DataChoice
{
    internal static Option<string?> Option()
        => Define.Text("--data", "DATA", "a data set instead of the run's own: a YOLO data.yaml, a folder with COCO files, or a COCO file");

    /// <summary>The settings of the run with the data that the command line names.</summary>
    internal static List<string> Settings(Arguments arguments, Option<string?> option)
        => [.. arguments.Overrides, .. arguments.Value(option) is { } data ? [$"data.root={data}", "data.train=null", "data.val=null", "data.prompts=null"] : Array.Empty<string>()];
}
