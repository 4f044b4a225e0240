using Graft.Cli.CommandLine;

namespace Graft.Cli.Commands;

/// <summary>graft vlm: PanoramaVLM, which describes 360° panoramas.</summary>
internal static class VlmCommands
{
    /// <summary>Description of the argument MODEL.</summary>
    internal const string Model = "a checkpoint, or a folder of checkpoints, of which the best is used, with --last the last";

    internal static CommandGroup Group() => new(
        "vlm", "PanoramaVLM: check a checkpoint, describe panoramas, evaluate, train", null,
        [
            new VlmCheckCommand(), new VlmDescribeCommand(), new VlmEvalCommand(), new VlmTrainCommand(), new VlmForwardCommand(), new VlmTokensCommand(),
            new VlmViewsCommand(),
        ]);
}
