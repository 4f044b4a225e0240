using System.Diagnostics;

namespace Graft.Training;

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

    /// <summary>Takes several measurements in turn, so that other load on the machine meets all of them alike.</summary>
    /// <param name="warmUps">Rounds that do not count.</param>
    /// <param name="rounds">Rounds that count.</param>
    /// <param name="measurements">Each returns its time.</param>
    /// <returns>The times of each measurement.</returns>
    internal static IReadOnlyList<double>[] InTurn(int warmUps, int rounds, IReadOnlyList<Func<double>> measurements)
    {
        List<double>[] times = [.. measurements.Select(_ => new List<double>())];
        for (int round = -warmUps; round < rounds; round++)
        {
            for (int i = 0; i < measurements.Count; i++)
            {
                double time = measurements[i]();
                if (round >= 0)
                {
                    times[i].Add(time);
                }
            }
        }

        return times;
    }
}
