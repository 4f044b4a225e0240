using System.CommandLine;
using System.Text.Json.Nodes;
using Graft.Adapters;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Torch;

namespace Graft.Cli.Commands;

/// <summary>graft adapter compress FILE --rank N: the best LoRA of a lower rank, with its error.</summary>
internal sealed class AdapterCompressCommand : CliCommand
{
    private readonly Argument<string> _file = Define.Target("FILE", "a LoRA adapter file");
    private readonly Option<int> _rank = Define.RequiredInteger("--rank", "N", "rank of the result", new NumberRange(1, int.MaxValue));
    private readonly Option<string> _out = OutFile.Option("FILE", "file of the result");

    internal AdapterCompressCommand()
        : base("compress", "the best LoRA of a lower rank, with its error")
        => Takes(_file, _rank, _out);

    protected override int Run(Arguments arguments, Output output)
    {
        string path = arguments.Value(_file)!, target = OutFile.Of(arguments, _out, path);
        using AdapterFile file = AdapterFile.Open(path);
        using TensorScope scope = TensorScope.Begin();
        LoraCompression compression = LoraArithmetic.Compress(file, arguments.Value(_rank));
        using AdapterFile small = compression.File;
        small.Save(target);
        output.Table(["place", "error"], compression.Sites.Select(site => new[] { site.Site, $"{100 * site.Error:f2} %" }));
        output.Line($"{Counted.Of(file.Count, "parameter")} before, {small.Count:N0} after; relative error of all changes {100 * compression.Error:f2} %: {target}");
        JsonObject result = AdapterOutput.Describe(target, small);
        result["error"] = compression.Error;
        result["errors"] = new JsonObject(compression.Sites.Select(site => KeyValuePair.Create(site.Site, (JsonNode?)site.Error)));
        output.Result(result);
        return 0;
    }
}
