using Graft.Cli.Rendering;
using Graft.Torch.Distributed;

namespace Graft.Cli.CommandLine;

/// <summary>A command that several processes run together: they meet first, one message tells of a failure, and none outlives the others.</summary>
internal sealed class Ranks
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly string _command;
    private int _told;

    private Ranks(ProcessGroup group, string command)
    {
        (Group, _command) = (group, command);
        group.Stopped = failure => Task.Delay(Grace).ContinueWith(_ => End(failure.ToException()), TaskScheduler.Default);
    }

    /// <summary>The processes.</summary>
    internal ProcessGroup Group { get; }

    /// <summary>Meets the other processes, and runs a command.</summary>
    /// <returns>The exit code.</returns>
    internal static int Run(ProcessRank place, string command, Func<Ranks, int> run)
    {
        using ProcessGroup group = ProcessGroup.Join(place);
        Ranks ranks = new(group, command);
        try
        {
            return run(ranks);
        }
        catch (Exception error)
        {
            return ranks.Fail(group.Explain(FailureOutput.Explain(error, command)));
        }
    }

    /// <summary>Ends after a failure of this process or of another one.</summary>
    private int Fail(GraftException error)
    {
        bool own = Group.Failure is null;
        bool told = Group.Fail(error);
        if (!own || !told || Group.Leads)
        {
            Tell(error, own);
        }

        return (int)error.Failure;
    }

    /// <summary>Ends a process that computes, or waits for one that is lost, while the group stops.</summary>
    private void End(GraftException error)
    {
        Tell(error, own: false);
        Task.Run(() => Group.Fail(error)).Wait(Grace);      // over a dead link it waits for ever
        Environment.Exit((int)error.Failure);
    }

    private void Tell(GraftException error, bool own)
    {
        if ((own || Group.Tells) && Interlocked.Exchange(ref _told, 1) == 0)
        {
            FailureOutput.Print(error, _command, Environment.GetCommandLineArgs());
        }
    }
}
