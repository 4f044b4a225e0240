using System.Diagnostics;

namespace Graft.Rewriting;

/// <summary>Measures durations.</summary>
internal static class Timing
{
    /// <summary>Duration of an action, in milliseconds.</summary>
    internal static double Of(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>Median of at least one duration; of an even number the upper of the two in the middle.</summary>
    internal static double Median(IReadOnlyCollection<double> times) => times.Order().ElementAt(times.Count / 2);
}
