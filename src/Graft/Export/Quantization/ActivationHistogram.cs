namespace Graft.Export;

/// <summary>
/// Counts the values of one activation in bins of equal width between −R and R. R doubles when a larger value arrives and neighbouring bins
/// join, so one pass over the inputs is enough, memory is constant, and the result does not depend on the order of the values.
/// </summary>
internal sealed class ActivationHistogram
{
    internal const int Bins = 4096;

    private readonly long[] _counts = new long[Bins];
    private double _reach = Math.ScaleB(1, -20);

    internal float Min { get; private set; }

    internal float Max { get; private set; }

    internal long Count { get; private set; }

    /// <summary>Counts per bin; bin i begins at <see cref="Edge"/> of i.</summary>
    internal ReadOnlySpan<long> Counts => _counts;

    internal double BinWidth => 2 * _reach / Bins;

    internal double Edge(int bin) => -_reach + (bin * BinWidth);

    /// <summary>Adds values; returns false, and adds none, when one of them is not finite.</summary>
    internal bool TryAdd(ReadOnlySpan<float> values)
    {
        float min = float.PositiveInfinity, max = float.NegativeInfinity, difference = 0;
        foreach (float value in values)
        {
            min = MathF.Min(min, value);
            max = MathF.Max(max, value);
            difference += value - value;
        }

        // The difference of a value and itself is NaN for NaN and infinity, zero for all others.
        if (difference != 0)
        {
            return false;
        }

        if (values.Length == 0)
        {
            return true;
        }

        (Min, Max) = Count == 0 ? (min, max) : (Math.Min(Min, min), Math.Max(Max, max));
        Count += values.Length;
        Extend(Math.Max(Math.Abs((double)min), Math.Abs((double)max)));
        double factor = Bins / (2 * _reach);
        foreach (float value in values)
        {
            // The factor is a power of two: the product is exact, and so is the choice of the bin.
            _counts[(Bins / 2) + (int)Math.Floor(value * factor)]++;
        }

        return true;
    }

    /// <summary>Doubles the reach until a magnitude is below it.</summary>
    private void Extend(double magnitude)
    {
        while (magnitude >= _reach)
        {
            _reach *= 2;
            const int Quarter = Bins / 4;
            long[] joined = new long[Bins];
            for (int i = 0; i < Bins / 2; i++)
            {
                joined[Quarter + i] = _counts[2 * i] + _counts[(2 * i) + 1];
            }

            joined.CopyTo(_counts, 0);
        }
    }
}
