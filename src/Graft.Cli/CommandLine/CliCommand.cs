using System.CommandLine;
using Graft.Cli.Commands;
using Graft.Cli.Rendering;
using Graft.Files;
using Graft.Torch;
using Graft.Torch.Distributed;

namespace Graft.Cli.CommandLine;

/// <summary>One command: its typed arguments and options, and what it runs.</summary>
internal abstract class CliCommand(string name, string summary) : CliNode(name, summary)
{
    private Interruption? _interruption;
    private Ranks? _ranks;

    /// <summary>How the help names its <c>key=value</c> settings; null: it takes none.</summary>
    internal virtual string? SettingsName => null;

    /// <summary>Usage lines without the name of the command; empty: the one that follows from the definition.</summary>
    internal virtual IReadOnlyList<string> Forms => [];

    /// <summary>Options of every command.</summary>
    internal CommonOptions Common { get; } = new();

    /// <summary>Ctrl+C and SIGTERM while it runs.</summary>
    protected Interruption Interruption => _interruption ?? throw new InvalidOperationException($"graft {FullName} does not run.");

    /// <summary>The processes that run this command together; null: this one is alone.</summary>
    protected ProcessGroup? Group => _ranks?.Group;

    /// <summary>Whether several processes can run it together, as torchrun's environment variables say.</summary>
    internal virtual bool RunsInRanks => false;

    /// <summary>The command line, as a shell reads it back; runs and reports keep it.</summary>
    protected static string Typed => ShellText.Line(Environment.GetCommandLineArgs().Skip(1).Prepend("graft"));

    /// <summary>Whether it computes with every processor unless <c>--threads</c> is given.</summary>
    protected virtual bool UsesAllProcessors => false;

    /// <summary>Whether arguments such as <c>epochs=3</c> change settings of its configuration.</summary>
    internal bool TakesSettings => SettingsName is not null;

    /// <summary>Parses the arguments after the command, and runs it.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="GraftException">Of kind Usage: the arguments are not valid.</exception>
    internal int Execute(IReadOnlyList<string> words)
    {
        List<Word> read = Read(words);
        if (read.Any(word => word.Option == Common.Help))
        {
            Console.WriteLine(HelpPage.Of(this));
            return 0;
        }

        ProcessRank? place = RunsInRanks ? ProcessRank.FromEnvironment() : null;
        return place is null ? Execute(read) : Ranks.Run(place, FullName, ranks =>
        {
            _ranks = ranks;
            return Execute(read);
        });
    }

    private int Execute(List<Word> read)
    {
        Arguments arguments = Arguments.Of(this, read);
        Prepare(arguments);
        Output output = Group is { Leads: false } ? Output.Mute : new(arguments.Value(Common.Json), arguments.Value(Common.Quiet), arguments.Value(Common.Verbose));
        output.Notes(arguments.Remarks);
        using Interruption interruption = new(FullName);
        _interruption = interruption;
        return Run(arguments, output);
    }

    /// <summary>Sorts arguments into options, settings and targets of this command.</summary>
    internal List<Word> Read(IReadOnlyList<string> words) => Words.Read(words, [.. Definition.Options], TakesSettings);

    /// <summary>Calls the library, and prints the result.</summary>
    protected abstract int Run(Arguments arguments, Output output);

    /// <summary>Whether it computes with libtorch; otherwise it must not touch the native library, which may be absent.</summary>
    protected virtual bool UsesLibtorch(Arguments arguments) => true;

    /// <summary>Threads that the command line sets; null: none.</summary>
    protected int? Threads(Arguments arguments) => arguments.Value(Common.Threads);

    /// <summary>Adds arguments, in their order, and options.</summary>
    protected void Takes(params IEnumerable<Symbol> symbols)
    {
        foreach (Symbol symbol in symbols)
        {
            if (symbol is System.CommandLine.Argument argument)
            {
                Definition.Add(argument);
            }
            else
            {
                Definition.Add((Option)symbol);
            }
        }

        Common.AddTo(Definition, TakesSettings);
    }

    private void Prepare(Arguments arguments)
    {
        if (arguments.Value(Common.Device) is { } device && device != "cpu")
        {
            throw Arguments.Wrong($"--device {device}: this version computes on the CPU only.", "Leave --device out, or write --device cpu.");
        }

        if (UsesLibtorch(arguments) && (Threads(arguments) ?? (UsesAllProcessors ? Math.Max(1, Environment.ProcessorCount / Math.Max(1, Group?.Place.LocalSize ?? 1)) : null)) is { } threads)
        {
            TorchRuntime.Threads = threads;
        }
    }
}
