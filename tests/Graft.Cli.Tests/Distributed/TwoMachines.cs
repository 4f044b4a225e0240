using System.Diagnostics;

namespace Graft.Cli.Tests;

/// <summary>Two network namespaces joined by a cable (a veth pair): two machines, as far as the network is concerned.</summary>
internal sealed class TwoMachines : IDisposable
{
    private static int _number;

    private readonly string _name = $"graft{Environment.ProcessId}x{Interlocked.Increment(ref _number)}";

    internal TwoMachines()
    {
        for (int machine = 0; machine < 2; machine++)
        {
            Ip("netns", "add", Name(machine));
        }

        Ip("-n", Name(0), "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", Name(1));
        for (int machine = 0; machine < 2; machine++)
        {
            Ip("-n", Name(machine), "addr", "add", $"{Address(machine)}/24", "dev", "cable");
            Ip("-n", Name(machine), "link", "set", "cable", "up");
            Ip("-n", Name(machine), "link", "set", "lo", "up");
        }
    }

    /// <summary>Why namespaces cannot be made here; null: they can.</summary>
    internal static string? Obstacle { get; } = FindObstacle();

    /// <summary>Starts a command on a machine, as the rank of its number.</summary>
    internal RunningCli Begin(int machine, int size, params string[] words) => GraftCli.BeginBehind(
        ["ip", "netns", "exec", Name(machine), "env", $"RANK={machine}", $"WORLD_SIZE={size}", $"MASTER_ADDR={Address(0)}", "MASTER_PORT=29500", "GRAFT_JOIN_TIMEOUT=60"], words);

    /// <summary>Pulls the cable.</summary>
    internal void Disconnect() => Ip("-n", Name(1), "link", "set", "cable", "down");

    public void Dispose()
    {
        for (int machine = 0; machine < 2; machine++)
        {
            Ip("netns", "del", Name(machine));
        }
    }

    private static string? FindObstacle()
    {
        try
        {
            string name = $"graft{Environment.ProcessId}try";
            Ip("netns", "add", name);
            Ip("netns", "del", name);
            return null;
        }
        catch (Exception error) when (error is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return $"needs root and the package iproute2 for network namespaces: {error.Message}";
        }
    }

    private static void Ip(params string[] words)
    {
        ProcessStartInfo start = new("ip", words) { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"ip {string.Join(' ', words)}: {errors.Trim()}");
        }
    }

    private static string Address(int machine) => $"10.77.0.{machine + 1}";

    private string Name(int machine) => $"{_name}m{machine}";
}

/// <summary>A test on two machines; skipped where network namespaces cannot be made.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TwoMachinesFactAttribute : FactAttribute
{
    public TwoMachinesFactAttribute() => Skip = TwoMachines.Obstacle;
}
