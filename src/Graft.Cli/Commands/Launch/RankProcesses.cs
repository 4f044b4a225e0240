using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Graft.Torch.Distributed;

namespace Graft.Cli.Commands;

/// <summary>The processes of one machine that run a command together.</summary>
internal sealed class RankProcesses : IDisposable
{
    private const int Interrupted = 130, Killed = 128;
    // A process that fails tells the others; one that is killed is missed first.
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(2.5), AfterLoss = TimeSpan.FromSeconds(ProcessGroup.StopSeconds), Interval = TimeSpan.FromMilliseconds(50);

    private readonly List<Process> _running = [];

    /// <summary>Starts them.</summary>
    /// <param name="words">The command.</param>
    /// <param name="variables">Environment variables that all get.</param>
    /// <param name="first">Rank of the first.</param>
    /// <param name="count">How many.</param>
    internal RankProcesses(IReadOnlyList<string> words, IReadOnlyDictionary<string, string> variables, int first, int count)
    {
        // Each gets processors of its own, which a process inherits: two that wander had three quarters of the throughput of two that stay.
        int share = Math.Max(1, Environment.ProcessorCount / count);
        bool given = words.Any(word => word == "--threads" || word.StartsWith("--threads=", StringComparison.Ordinal) || word.StartsWith("threads=", StringComparison.Ordinal));
        string[] threads = given ? [] : [string.Create(CultureInfo.InvariantCulture, $"--threads={share}")];
        using Affinity affinity = new();
        for (int local = 0; local < count; local++)
        {
            affinity.Take(local * share, share);
            ProcessStartInfo start = new(Environment.ProcessPath!, [typeof(RankProcesses).Assembly.Location, words[0], .. threads, .. words.Skip(1)]);
            foreach ((string name, string value) in variables)
            {
                start.Environment[name] = value;
            }

            (start.Environment["RANK"], start.Environment["LOCAL_RANK"]) = ($"{first + local}", $"{local}");
            _running.Add(Process.Start(start)!);
        }
    }

    /// <summary>A TCP port that no program uses.</summary>
    internal static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Passes on a signal.</summary>
    /// <param name="exitCode">130 for Ctrl+C, 143 for SIGTERM.</param>
    internal void Signal(int exitCode)
    {
        foreach (Process process in _running.Where(process => !process.HasExited))
        {
            using Process kill = Process.Start("kill", [exitCode == Interrupted ? "-INT" : "-TERM", $"{process.Id}"]);
            kill.WaitForExit();
        }
    }

    /// <summary>Waits for all; ends those that a failure of one does not end.</summary>
    /// <returns>The exit code of the first that failed; 0: none did.</returns>
    internal int Wait()
    {
        int result = 0, told = 0;
        Stopwatch? failing = null;
        HashSet<Process> ended = [];
        while (ended.Count < _running.Count)
        {
            foreach (Process process in _running.Where(process => !ended.Contains(process) && process.HasExited).ToArray())
            {
                ended.Add(process);
                int code = process.ExitCode;
                bool byItself = code is > 0 and < Killed or Interrupted or Killed + 15;
                told += byItself ? 1 : 0;
                if (code != 0)
                {
                    result = result == 0 && byItself ? code : result;
                    failing ??= Stopwatch.StartNew();
                }
            }

            if (failing?.Elapsed > (told > 0 ? AfterFailure : AfterLoss))
            {
                Kill();
            }

            Thread.Sleep(Interval);
        }

        return failing is null ? 0 : told > 0 ? result
            : throw new GraftException(Failure.Runtime, $"All {_running.Count} processes were killed.", "Look for the kernel's out-of-memory messages: dmesg.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        _running.ForEach(process => process.Dispose());
    }

    private void Kill()
    {
        foreach (Process process in _running.Where(process => !process.HasExited))
        {
            process.Kill();
        }
    }
}
