using Graft.Cli.Commands;
using Graft.Torch;

namespace Graft.Cli;

/// <summary>One command: its words, its options and what it runs.</summary>
internal abstract class Command
{
    private const int MostThreads = 1024;

    /// <summary>Every command, in the order of the help.</summary>
    internal static readonly Command[] All =
    [
        new DemoCommand(), new ConfigCommand(), new InspectCommand(), new ForwardCommand(), new TrainCommand(), new ValCommand(),
        new PredictCommand(), new MergeCommand(), new EmbedCommand(), new ReparamCommand(), new AdapterCommand(), new PeftCommand(), new VlmCommand(), new BenchCommand(),
    ];

    internal abstract string Name { get; }

    /// <summary>One line of the overview.</summary>
    internal abstract string Summary { get; }

    /// <summary>Full help text.</summary>
    internal abstract string Usage { get; }

    /// <summary>Options as <see cref="Arguments.Parse"/> takes them.</summary>
    protected abstract string[] Options { get; }

    internal static string Overview()
        => "graft COMMAND TARGET... [key=value ...] [--options]\n\n"
            + string.Join("\n", All.Select(command => $"  {command.Name,-9} {command.Summary}"))
            + "\n\nEvery command takes --json, --threads N, --seed N, --device cpu, --quiet, --verbose and --help."
            + "\nExit codes: 0 done, 1 failed, 2 usage or config, 3 data, 4 model or weights, 5 export, 6 refused,"
            + "\n            130 stopped by Ctrl+C, 143 stopped by SIGTERM.";

    internal int Execute(IReadOnlyList<string> words)
    {
        Arguments arguments = Arguments.Parse(words, Options);
        if (arguments.Has("help"))
        {
            Console.WriteLine(Usage);
            return 0;
        }

        Prepare(arguments);
        Output output = new(arguments.Json, arguments.Quiet, arguments.Verbose);
        output.Notes(arguments.Remarks);
        return Run(arguments, output);
    }

    protected abstract int Run(Arguments arguments, Output output);

    private static void Prepare(Arguments arguments)
    {
        if (arguments.Value("device") is { } device && device != "cpu")
        {
            throw Arguments.Wrong($"--device {device}: this version computes on the CPU only.", "Leave --device out, or write --device cpu.");
        }

        if (arguments.Has("threads"))
        {
            TorchRuntime.Threads = arguments.Integer("threads", 0, 1, MostThreads);
        }

        _ = arguments.Integer("seed", 0, 0);
    }
}
