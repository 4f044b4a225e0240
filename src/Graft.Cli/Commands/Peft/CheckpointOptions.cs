using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Files;
using Graft.Peft;

namespace Graft.Cli.Commands;

/// <summary>Where an adapter's layers are in a checkpoint: <c>--prefix</c>, <c>--owner</c>.</summary>
internal sealed class CheckpointOptions
{
    private readonly Option<string?> _prefix = Define.Text(
        "--prefix", "TEXT", "the prefix of the model's tensor names in the base; detected automatically in Lightning checkpoints");

    private readonly Option<string?> _owner = Define.Text(
        "--owner", "TEXT", "the part of the model that was adapted, such as language_model.; detected automatically where PEFT wrapped it");

    internal IEnumerable<Option> All => [_prefix, _owner];

    internal CheckpointLayout Layout(Arguments arguments, WeightFile file)
    {
        CheckpointLayout found = CheckpointLayout.Of(file);
        return new CheckpointLayout(arguments.Value(_prefix) ?? found.Prefix, arguments.Value(_owner) ?? found.Owner);
    }
}
