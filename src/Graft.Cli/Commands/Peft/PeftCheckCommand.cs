using System.CommandLine;
using System.Text.Json.Nodes;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Files;
using Graft.Peft;

namespace Graft.Cli.Commands;

/// <summary>graft peft check ADAPTER: the contents of an adapter, whether it fits a base, whether it has any effect.</summary>
internal sealed class PeftCheckCommand : CliCommand
{
    private readonly CheckpointOptions _checkpointOptions = new();
    private readonly Argument<string> _adapter = Define.Target("ADAPTER", "folder of an adapter");
    private readonly Option<string?> _base = Define.Text("--base", "FILE", "the base: whether the adapter fits it");
    private readonly Option<string?> _checkpoint = Define.Text(
        "--checkpoint", "FILE", "a checkpoint with a LoRA inside: whether the adapter fits and equals it");
    private readonly Option<bool> _resizeEmbeddings = Define.Flag(
        "--resize-embeddings", "resize embeddings to the number of rows of the adapter");

    internal PeftCheckCommand()
        : base("check", "the contents of an adapter, whether it fits a base, whether it has any effect")
        => Takes([_adapter, _base, _checkpoint, _resizeEmbeddings, .. _checkpointOptions.All]);

    internal override string Notes => "The exit code is 4 unless everything is explained and the adapter has an effect.";

    protected override int Run(Arguments arguments, Output output)
    {
        using PeftAdapter adapter = PeftAdapter.Open(arguments.Value(_adapter)!);
        AdapterCheck check = new(adapter);
        JsonObject result = PeftOutput.Describe(adapter, output);
        if ((arguments.Value(_checkpoint) ?? arguments.Value(_base)) is { } path)
        {
            using WeightFile file = WeightFile.Open(path);
            CheckpointLayout layout = _checkpointOptions.Layout(arguments, file);
            AdapterFit fit = AdapterFit.Check(adapter, PlainModel.Of(file, layout.Prefix), layout.Owner, arguments.Value(_resizeEmbeddings));
            check = check with { Fit = fit };
            output.Line(fit.ToString());
            result["fit"] = fit.ToJson();
            if (arguments.Has(_checkpoint))
            {
                LoraComparison comparison = CheckpointLora.Compare(file, layout, adapter);
                check = check with { Comparison = comparison };
                output.Line(comparison.ToString());
                result["comparison"] = comparison.ToJson();
            }
        }

        result["explained"] = check.IsExplained;
        output.Result(result);
        return check.IsExplained ? 0 : (int)Failure.Model;
    }
}
