using System.Globalization;

namespace Graft.Torch.Distributed;

/// <summary>The place of this process among several that compute together, as torchrun's environment variables give it.</summary>
/// <param name="Rank">Its number, from 0.</param>
/// <param name="Size">Number of processes.</param>
/// <param name="Host">Name or address of the machine of rank 0, where the processes meet.</param>
/// <param name="Port">TCP port on that machine.</param>
public sealed record ProcessRank(int Rank, int Size, string Host, int Port)
{
    /// <summary>The port of PyTorch's launchers.</summary>
    public const int DefaultPort = 29500;

    private const int MostRanks = 100_000;
    private const string Hint = "torchrun, graft launch and the job files in docs/scale.md set RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT; one process needs none of them.";

    /// <summary>Number of processes on this machine; 0 when unknown.</summary>
    public int LocalSize { get; init; }

    /// <summary>Whether a launcher serves the store on the port itself, as torchrun does.</summary>
    public bool LauncherServes { get; init; }

    /// <summary>Separates the keys of restarts on the same store.</summary>
    public string Prefix { get; init; } = "graft";

    /// <summary>Seconds in which every process must have come.</summary>
    public double JoinSeconds { get; init; } = 300;

    /// <summary>The place of this process by its environment; null: it computes alone.</summary>
    /// <exception cref="GraftException">Of kind Usage: a variable is missing or impossible.</exception>
    public static ProcessRank? FromEnvironment() => From(Environment.GetEnvironmentVariable);

    /// <summary>The place of a process by variables: those of torchrun, else rank and size of a step of Slurm.</summary>
    /// <param name="read">Gives a variable's value; null when it is not set.</param>
    /// <returns>Null: the process computes alone.</returns>
    /// <exception cref="GraftException">Of kind Usage: a variable is missing or impossible.</exception>
    public static ProcessRank? From(Func<string, string?> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        bool slurm = read("RANK") is null && read("WORLD_SIZE") is null && read("SLURM_STEP_NUM_TASKS") is not null;
        (string rankName, string sizeName, string localName) = slurm
            ? ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_STEP_TASKS_PER_NODE") : ("RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE");
        if (read(sizeName) is null)
        {
            return read("RANK") is { } alone && read("MASTER_ADDR") is not null
                ? throw Wrong($"RANK is {alone}, but WORLD_SIZE is missing.") : null;
        }

        int size = Number(read, sizeName, 1, MostRanks);
        if (size == 1)
        {
            return null;
        }

        string host = read("MASTER_ADDR") is { Length: > 0 } address ? address
            : throw Wrong($"{sizeName} is {size}, but MASTER_ADDR, the machine of rank 0, is missing.");
        return new ProcessRank(Number(read, rankName, 0, size - 1), size, host, read("MASTER_PORT") is null ? DefaultPort : Number(read, "MASTER_PORT", 1, ushort.MaxValue))
        {
            LocalSize = read(localName) is null || slurm ? 0 : Number(read, localName, 1, size),
            LauncherServes = read("TORCHELASTIC_USE_AGENT_STORE") is "True",
            Prefix = $"graft/{read("TORCHELASTIC_RUN_ID")}/{read("TORCHELASTIC_RESTART_COUNT")}",
            JoinSeconds = read("GRAFT_JOIN_TIMEOUT") is null ? 300 : Number(read, "GRAFT_JOIN_TIMEOUT", 1, 1_000_000),
        };
    }

    private static int Number(Func<string, string?> read, string name, int least, int most)
    {
        string? text = read(name);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : throw Wrong($"{name} is {(string.IsNullOrEmpty(text) ? "missing" : $"'{text}'")}, expected a whole number from {least} to {most}.");
    }

    private static GraftException Wrong(string message) => new(Failure.Usage, message, Hint);
}
