using System.Runtime.InteropServices;

namespace Graft.Cli.Commands;

/// <summary>Ctrl+C and SIGTERM while a command works that can stop in order: the token asks it to, the exit code says what asked. A second
/// signal ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    private const int CtrlC = 130, Terminated = 143;

    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration _interrupt, _terminate;
    private int _exitCode;

    internal Interruption()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Ask(context, CtrlC));
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Ask(context, Terminated));
    }

    /// <summary>Cancelled by the first signal.</summary>
    internal CancellationToken Token => _stop.Token;

    /// <summary>Whether a signal has come.</summary>
    internal bool Asked => _exitCode != 0;

    /// <summary>130 after Ctrl+C, 143 after SIGTERM, 0 when no signal has come.</summary>
    internal int ExitCode => _exitCode;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _stop.Dispose();
    }

    private void Ask(PosixSignalContext context, int exitCode)
    {
        if (Interlocked.CompareExchange(ref _exitCode, exitCode, 0) == 0)
        {
            context.Cancel = true;
            _stop.Cancel();
        }
    }
}
