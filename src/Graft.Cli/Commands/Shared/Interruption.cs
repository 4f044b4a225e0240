using System.Diagnostics;
using System.Runtime.InteropServices;
using Graft.Files;

namespace Graft.Cli.Commands;

/// <summary>Handles Ctrl+C and SIGTERM. A command with an orderly stop is cancelled; any other ends at once with a message and without
/// half-written files. A second signal always ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    private const int CtrlC = 130, Terminated = 143;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2), Echo = TimeSpan.FromSeconds(1);

    private readonly string _command;
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration _interrupt, _terminate;
    private volatile bool _isOrderly;
    private int _exitCode;
    private long _asked;

    /// <param name="command">The full name of the command, for the message.</param>
    internal Interruption(string command)
    {
        _command = command;
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Ask(context, CtrlC, "Ctrl+C"));
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Ask(context, Terminated, "SIGTERM"));
    }

    /// <summary>130 after Ctrl+C, 143 after SIGTERM, 0 when no signal has come.</summary>
    internal int ExitCode => _exitCode;

    /// <summary>From here on the first signal cancels the token instead of ending the process.</summary>
    internal CancellationToken StopOrderly()
    {
        _isOrderly = true;
        return _stop.Token;
    }

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _stop.Dispose();
    }

    private void Ask(PosixSignalContext context, int exitCode, string signal)
    {
        if (_isOrderly && Interlocked.CompareExchange(ref _exitCode, exitCode, 0) == 0)
        {
            context.Cancel = true;
            Volatile.Write(ref _asked, Stopwatch.GetTimestamp());
            _stop.Cancel();
            return;
        }

        // A terminal sends Ctrl+C to the processes of graft launch, which passes it on to them: that is one signal.
        if (_isOrderly && Environment.GetEnvironmentVariable("LOCAL_RANK") is not null && Stopwatch.GetElapsedTime(Volatile.Read(ref _asked)) < Echo)
        {
            context.Cancel = true;
            return;
        }

        // The signal ends the process when this returns, with 130 or 143 for the shell, and no destructor runs beside a computing thread.
        PartialFile.Abandon();
        Console.Error.WriteLine($"graft: {signal} stopped graft {_command}; no file is half-written.");

        // A process that was started with the signal ignored continues, and would wait for its files for ever.
        Task.Delay(Grace).ContinueWith(_ => Process.GetCurrentProcess().Kill(), TaskScheduler.Default);
    }
}
