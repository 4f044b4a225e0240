using System.CommandLine;
using System.Text.Json.Nodes;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Files;
using Graft.Peft;

namespace Graft.Cli.Commands;

/// <summary>graft peft check ADAPTER: what an adapter holds, whether it fits a base, whether it has any effect.</summary>
internal sealed class PeftCheckCommand : CliCommand
{
    private readonly CheckpointOptions _checkpointOptions = new();
    private readonly Argument<string> _adapter = Define.Target("ADAPTER", "folder of an adapter");
    private readonly Option<string?> _base = Define.Text("--base", "FILE", "the base: whether the adapter fits it");
    private readonly Option<string?> _checkpoint = Define.Text(
        "--checkpoint", "FILE", "a checkpoint with a LoRA inside: whether the adapter fits and equals it");
    private readonly Option<bool> _resizeEmbeddings = Define.Flag(
        "--resize-embeddings", "let embeddings take the number of rows that the adapter brings");

    internal PeftCheckCommand()
        : base("check", "what an adapter holds, whether it fits a base, whether it has any effect")
        => Takes([_adapter, _base, _checkpoint, _resizeEmbeddings, .. _checkpointOptions.All]);

    internal override string Notes => "The exit code is 4 unless everything is explained and the adapter has an effect.";

    protected override int Run(Arguments arguments, Output output)
    {
        using PeftAdapter adapter = PeftAdapter.Open(arguments.Value(_adapter)!);
        JsonObject result = PeftOutput.Describe(adapter, output);
        bool explained = adapter.HasEffect && adapter.NotFinite.Count == 0;
        if ((arguments.Value(_checkpoint) ?? arguments.Value(_base)) is { } path)
        {
            using WeightFile file = WeightFile.Open(path);
            (string prefix, string owner) = _checkpointOptions.Layout(arguments, file);
            PlainModel model = PlainModel.Of(file, prefix);
            AdapterFit fit = AdapterFit.Check(adapter, name => model.TryGet(name)?.Shape, model.Names, owner, arguments.Value(_resizeEmbeddings));
            explained &= fit.IsComplete && fit.TargetsWithoutTensors.Count == 0;
            output.Line(fit.ToString());
            result["fit"] = fit.ToJson();
            if (arguments.Has(_checkpoint))
            {
                PeftConfig config = CheckpointConfig.Read(file) ?? adapter.Config;
                using PeftAdapter inside = PeftAdapter.FromCheckpoint(file, config, prefix, owner);
                LoraComparison comparison = LoraComparison.Between(inside, adapter, name => model.TryGet(owner + name));
                explained &= comparison.Agree;
                output.Line(comparison.ToString());
                result["comparison"] = comparison.ToJson();
            }
        }

        result["explained"] = explained;
        output.Result(result);
        return explained ? 0 : (int)Failure.Model;
    }
}
