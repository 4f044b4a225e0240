using System.Diagnostics;
using System.Text;

namespace Graft.Cli.Tests;

/// <summary>A command that is running; killed if it still runs at the end of the test.</summary>
internal sealed class RunningCli : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    private readonly Process _process;
    private readonly string _command;
    private readonly StringBuilder _output = new(), _errors = new();

    internal RunningCli(Process process, string command)
    {
        (_process, _command) = (process, command);
        process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Whether it has ended by itself.</summary>
    internal bool HasExited => _process.HasExited;

    /// <summary>Waits until something has happened; fails when the command ends before.</summary>
    internal void WaitUntil(Func<string, bool> happened)
    {
        for (Stopwatch watch = Stopwatch.StartNew(); watch.Elapsed < Limit;)
        {
            if (happened(Text(_output)))
            {
                return;
            }

            Assert.False(_process.HasExited, $"graft {_command} ended too early:\n{Text(_output)}\n{Text(_errors)}");
            Thread.Sleep(1);
        }

        Assert.Fail($"graft {_command} took too long:\n{Text(_output)}\n{Text(_errors)}");
    }

    /// <summary>The number of the process.</summary>
    internal int Id => _process.Id;

    /// <summary>Sends a signal: INT as Ctrl+C does, or KILL, which cannot be caught.</summary>
    internal void Signal(string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits for the end.</summary>
    internal GraftCli.Result Finish()
    {
        if (!_process.WaitForExit(Limit))
        {
            Dispose();
            Assert.Fail($"graft {_command} did not end:\n{Text(_output)}\n{Text(_errors)}");
        }

        _process.WaitForExit();     // both streams to their ends
        return new GraftCli.Result(_command, _process.ExitCode, Text(_output), Text(_errors));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
        {
            if (line is not null)
            {
                text.AppendLine(line);
            }
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
