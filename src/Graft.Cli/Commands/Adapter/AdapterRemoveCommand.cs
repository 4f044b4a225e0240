using System.CommandLine;
using System.Text.Json.Nodes;
using Graft.Adapters;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>graft adapter remove MERGED FILE: the model before a LoRA was merged into it.</summary>
internal sealed class AdapterRemoveCommand : CliCommand
{
    private readonly Argument<string> _merged = Define.Target("MERGED", "a model into which the LoRA was merged");
    private readonly Argument<string> _file = Define.Target("FILE", "the LoRA's adapter file");
    private readonly Option<string> _out = OutFile.Option("FILE", "file of the model");
    private readonly Option<string?> _base = Define.Text(
        "--base", "BASE", "the base itself, which is written after the proof that it is the base of the merge");

    internal AdapterRemoveCommand()
        : base("remove", "the model before a LoRA was merged: solved, with its error")
        => Takes(_merged, _file, _out, _base);

    protected override int Run(Arguments arguments, Output output)
    {
        string source = arguments.Value(_merged)!, adapter = arguments.Value(_file)!;
        string target = OutFile.Of(arguments, _out, source, adapter, arguments.Value(_base));
        using TrainedModel merged = TrainedModel.Open(source, []);
        using AdapterFile file = AdapterFile.Open(adapter);
        using TrainedModel? plain = arguments.Value(_base) is { } path ? TrainedModel.Open(path, []) : null;
        AdapterRemovalReport result = AdapterRemoval.Write(merged, file, target, plain);
        output.Line(result.Exact
            ? $"{Counted.Of(file.Adapters.Count, "adapter")} unmerged: the base bit for bit, which merged again equals {source} within {result.MaxRelative:g2}: {target}"
            : $"{Counted.Of(file.Adapters.Count, "adapter")} unmerged: merged again the weights differ by {result.MaxRelative:g2} at most: {target}");
        if (result.Tuned > 0)
        {
            output.Line($"The {result.Tuned} tensors that tuning unfroze keep their tuned values; --base restores the original ones.");
        }

        output.Result(new JsonObject
        {
            ["file"] = target,
            ["exact"] = result.Exact,
            ["max_rel"] = result.MaxRelative,
            ["places"] = new JsonArray([.. file.Adapters.Select(one => (JsonNode)one.Site.Name)]),
            ["tuned_weights_left"] = result.Tuned,
        });
        return 0;
    }
}
