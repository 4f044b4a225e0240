using Graft.Training;

namespace Graft.Benchmarks;

/// <summary>The time of one operator in a run of a network.</summary>
/// <param name="Name">Its name in the engine, such as <c>conv2d</c> or <c>Conv</c>.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Calls">Calls in one run.</param>
/// <param name="Milliseconds">Time of all its calls: the sum of the median of each.</param>
public sealed record OperatorTime(string Name, OperatorKind Kind, int Calls, double Milliseconds)
{
    /// <summary>Adds up the calls of profiled runs by operator, longest first.</summary>
    /// <param name="calls">Operator and times, in milliseconds, of each call, a time per run.</param>
    internal static IReadOnlyList<OperatorTime> Of(IEnumerable<(string Name, IReadOnlyCollection<double> Times)> calls)
        => [.. calls.Where(call => call.Times.Count > 0).GroupBy(call => call.Name, StringComparer.Ordinal)
            .Select(group => new OperatorTime(group.Key, OperatorKinds.Of(group.Key), group.Count(), group.Sum(call => Timing.Median(call.Times))))
            .OrderByDescending(time => time.Milliseconds).ThenBy(time => time.Name, StringComparer.Ordinal)];
}
