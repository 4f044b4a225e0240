using System.CommandLine;

namespace Graft.Cli.CommandLine;

/// <summary>Options that every command takes.</summary>
internal sealed class CommonOptions
{
    internal const string HelpName = "--help";
    private const int MostThreads = 1024;

    internal Option<bool> Json { get; } = Define.Flag("--json", "one JSON object on stdout, everything else on stderr");

    internal Option<bool> Quiet { get; } = Define.Flag("--quiet", "print errors and warnings only");

    internal Option<bool> Verbose { get; } = Define.Flag("--verbose", "print full lists, and the stack trace of an error");

    internal Option<int?> Threads { get; } = Define.Integer("--threads", "N", "threads of a computation", new NumberRange(1, MostThreads));

    internal Option<int?> Seed { get; } = Define.Integer("--seed", "N", "seed of everything that is random", new NumberRange(0, int.MaxValue));

    internal Option<string?> Device { get; } = Define.Text("--device", "cpu", "where to compute; this version computes on the CPU only");

    internal Option<bool> Help { get; } = Define.Flag(HelpName, "print this help", "-h");

    /// <summary>Settings in the form of OpenMMLab's tools.</summary>
    internal Option<string[]> CfgOptions { get; } = Define.Repeated(
        "--cfg-options", "key=value", "the same as key=value alone, in the form of OpenMMLab's tools");

    internal IEnumerable<Option> All => [Json, Quiet, Verbose, Threads, Seed, Device, Help];

    internal void AddTo(Command command, bool takesSettings)
    {
        if (takesSettings)
        {
            command.Add(CfgOptions);
        }

        foreach (Option option in All)
        {
            command.Add(option);
        }
    }
}
