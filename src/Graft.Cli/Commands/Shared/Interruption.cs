using System.Diagnostics;
using System.Runtime.InteropServices;
using Graft.Files;

namespace Graft.Cli.Commands;

/// <summary>Ctrl+C and SIGTERM while a command works. A command that stops in order is asked to; any other ends at once, with a line that says
/// so and without half-written files. A second signal always ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    private const int CtrlC = 130, Terminated = 143;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly string _command;
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration _interrupt, _terminate;
    private volatile bool _inOrder;
    private int _exitCode;

    /// <param name="command">The words that call the command, for the line.</param>
    internal Interruption(string command)
    {
        _command = command;
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Ask(context, CtrlC, "Ctrl+C"));
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Ask(context, Terminated, "SIGTERM"));
    }

    /// <summary>130 after Ctrl+C, 143 after SIGTERM, 0 when no signal has come.</summary>
    internal int ExitCode => _exitCode;

    /// <summary>From here on the first signal cancels the token instead of ending the process.</summary>
    internal CancellationToken StopInOrder()
    {
        _inOrder = true;
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
        if (_inOrder && Interlocked.CompareExchange(ref _exitCode, exitCode, 0) == 0)
        {
            context.Cancel = true;
            _stop.Cancel();
            return;
        }

        // The signal ends the process when this returns: 130 or 143 for the shell, and no destructor meets a thread that computes.
        PartialFile.Abandon();
        Console.Error.WriteLine($"graft: {signal} stopped graft {_command}; no file is half-written.");

        // A program that was started with the signal ignored goes on, and would wait for its files for ever.
        Task.Delay(Grace).ContinueWith(_ => Process.GetCurrentProcess().Kill(), TaskScheduler.Default);
    }
}
