using System.Diagnostics;

namespace Graft.Files.Tests;

/// <summary>The outcome of reading a damaged file.</summary>
internal enum FuzzOutcome
{
    /// <summary>With tensors.</summary>
    Opened,

    /// <summary>With a clear error.</summary>
    Refused,

    /// <summary>With another exception than Graft's model error, or with one that cannot be printed.</summary>
    Crashed,

    /// <summary>After too long a time.</summary>
    Slow,

    /// <summary>After allocating too much.</summary>
    Greedy,
}

/// <summary>A damaged file and its outcome.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Detail">Details for repairing the reader, with the file in Base64; empty on success.</param>
internal sealed record FuzzTrial(FuzzOutcome Outcome, string Detail)
{
    private const long MaxMemory = 64 << 20;
    private static readonly TimeSpan Slowest = TimeSpan.FromSeconds(2);

    /// <summary>Whether the outcome is allowed.</summary>
    internal bool IsSound => Outcome is FuzzOutcome.Opened or FuzzOutcome.Refused;

    /// <summary>Opens a file and reads up to 64 of its tensors.</summary>
    internal static FuzzTrial Of(string reader, byte[] file, WeightPolicy policy)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Stopwatch watch = Stopwatch.StartNew();
        FuzzOutcome outcome = FuzzOutcome.Opened;
        string detail = "";
        try
        {
            using WeightFile weights = WeightFile.Open(reader is "safetensors" or "onnx" ? "x." + reader : "x", file, policy);
            foreach (WeightEntry entry in weights.Entries.Where(entry => entry.HasData).Take(64))
            {
                entry.ForEachChunk(_ => { });
            }
        }
        catch (GraftException error) when (error.Failure == Failure.Model && error.Message.Length < 2000)
        {
            outcome = FuzzOutcome.Refused;
        }
        catch (Exception error)
        {
            (outcome, detail) = (FuzzOutcome.Crashed, error.ToString());
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        (outcome, detail) = watch.Elapsed >= Slowest ? (FuzzOutcome.Slow, $"It took {watch.Elapsed}.")
            : allocated >= MaxMemory ? (FuzzOutcome.Greedy, $"It allocated {allocated} bytes.") : (outcome, detail);
        return new FuzzTrial(outcome, detail.Length == 0 ? "" : $"{detail}\n{reader}, {policy}, {file.Length} bytes: {Convert.ToBase64String(file)}");
    }
}
