using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Files;
using Graft.Peft;

namespace Graft.Cli.Commands;

/// <summary>Where an adapter's layers are in a checkpoint: <c>--prefix</c>, <c>--owner</c>.</summary>
internal sealed class CheckpointOptions
{
    private readonly Option<string?> _prefix = Define.Text(
        "--prefix", "TEXT", "what every name of the model begins with in the base; found by itself in Lightning checkpoints");

    private readonly Option<string?> _owner = Define.Text(
        "--owner", "TEXT", "the part of the model that was adapted, such as language_model.; found by itself where PEFT wrapped it");

    internal IEnumerable<Option> All => [_prefix, _owner];

    internal (string Prefix, string Owner) Layout(Arguments arguments, WeightFile file)
    {
        CheckpointLayout found = CheckpointLayout.Of(file);
        return (arguments.Value(_prefix) ?? found.Prefix, arguments.Value(_owner) ?? found.Owner);
    }

    /// <summary>The LoRA inside a checkpoint.</summary>
    /// <exception cref="GraftException">Of kind Model: the checkpoint does not say its rank and alpha.</exception>
    internal static PeftAdapter Inside(WeightFile file, string prefix, string owner)
        => PeftAdapter.FromCheckpoint(file, CheckpointConfig.Read(file) ?? throw new GraftException(Failure.Model,
            $"{file.Path}: the checkpoint does not say which rank and alpha its LoRA has (hyper_parameters.use_lora_cfg is missing).",
            "Name the adapter's folder."), prefix, owner);
}
