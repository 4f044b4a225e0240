using System.CommandLine;
using System.Text.Json.Nodes;
using Graft.Adapters;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;

namespace Graft.Cli.Commands;

/// <summary>graft adapter list: the contents of adapter files, and their bases.</summary>
internal sealed class AdapterListCommand : CliCommand
{
    private readonly Argument<string[]> _files = Define.Targets(
        "FILE|DIR", "adapter files, and folders that are searched for adapter.safetensors", least: 0);

    internal AdapterListCommand()
        : base("list", "the contents of adapter files, and their bases")
        => Takes(_files);

    protected override int Run(Arguments arguments, Output output)
    {
        JsonArray adapters = [];
        List<string[]> rows = [];
        foreach (string path in arguments.Value(_files)!.SelectMany(Expand))
        {
            using AdapterFile file = AdapterFile.Open(path);
            adapters.Add(AdapterOutput.Describe(path, file));
            rows.Add([
                path, string.Join(", ", AdapterOutput.Kinds(file)), $"{file.Adapters.Count}", $"{file.Count:N0}", $"{file.Unfrozen.Count}", file.BaseHash[..12],
            ]);
        }

        output.Table(["file", "kinds", "places", "parameters", "unfrozen", "base"], rows);
        output.Result(new JsonObject { ["adapters"] = adapters });
        return 0;
    }

    private static IEnumerable<string> Expand(string target) => Directory.Exists(target)
        ? Directory.EnumerateFiles(target, "adapter.safetensors", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        : [target];
}
