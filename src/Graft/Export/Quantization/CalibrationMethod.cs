using System.Globalization;

namespace Graft.Export;

/// <summary>How the range of an activation follows from its values on the calibration inputs.</summary>
public enum CalibrationMethod
{
    /// <summary>The smallest and the largest value.</summary>
    MinMax,

    /// <summary>The values between which a share of all values lies, the same share cut off at both ends.</summary>
    Percentile,

    /// <summary>The bounds whose 256 levels give the distribution of the values with the smallest Kullback-Leibler divergence.</summary>
    Entropy,
}

/// <summary>A calibration method with its parameter.</summary>
/// <param name="Method">The method.</param>
/// <param name="Percentile">Of the percentile method: the share of values inside the range, in per cent.</param>
public sealed record CalibrationChoice(CalibrationMethod Method, double Percentile = 100)
{
    /// <summary>Such as "min-max", "percentile 99.99" or "entropy".</summary>
    public override string ToString() => Method switch
    {
        CalibrationMethod.MinMax => "min-max",
        CalibrationMethod.Percentile => string.Create(CultureInfo.InvariantCulture, $"percentile {Percentile}"),
        _ => "entropy",
    };
}
