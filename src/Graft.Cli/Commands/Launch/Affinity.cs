using System.Diagnostics;

namespace Graft.Cli.Commands;

/// <summary>The processors that this process may use, and with it those that it starts; all of them again when disposed.</summary>
internal sealed class Affinity : IDisposable
{
    private const int Bits = 64;

    private readonly Process _self = Process.GetCurrentProcess();
    private readonly long _all;
    private readonly int[] _processors;

    internal Affinity()
    {
        _all = OperatingSystem.IsLinux() ? _self.ProcessorAffinity : 0;
        _processors = [.. Enumerable.Range(0, Bits).Where(bit => (_all >> bit & 1) != 0)];
    }

    /// <summary>Keeps some of the processors; all where there are not enough, or more than a mask holds.</summary>
    /// <param name="first">Index of the first.</param>
    /// <param name="count">How many.</param>
    internal void Take(int first, int count)
    {
        if (first + count <= _processors.Length && Environment.ProcessorCount <= Bits)
        {
            Set(_processors.Skip(first).Take(count).Aggregate(0L, (mask, bit) => mask | (1L << bit)));
        }
        else if (_all != 0)
        {
            Set(_all);
        }
    }

    public void Dispose()
    {
        if (_all != 0)
        {
            Set(_all);
        }

        _self.Dispose();
    }

    private void Set(long mask)
    {
        if (OperatingSystem.IsLinux())
        {
            _self.ProcessorAffinity = (nint)mask;
        }
    }
}
