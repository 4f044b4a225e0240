using Graft.Cli.CommandLine;

namespace Graft.Cli.Commands;

/// <summary>graft bench: speed as a share of the convolution peak measured in the same run.</summary>
internal static class BenchCommands
{
    internal static CommandGroup Group() => new(
        "bench", "speed as a share of this machine's convolution peak", "Without an action: roofline.",
        [
            new BenchRooflineCommand(), new BenchInferCommand(), new BenchTrainCommand(), new BenchWordsCommand(), new BenchFilesCommand(), new BenchSwapCommand(),
        ],
        defaultAction: "roofline");
}
