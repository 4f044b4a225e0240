using System.Globalization;
using Graft.Reports;

namespace Graft.Comparison;

/// <summary>A figure with the range in which it would fall for 95 % of other images and seeds; the range is null where it cannot be given.</summary>
/// <param name="Value">The mean over the seeds.</param>
/// <param name="Range">Lowest and highest.</param>
public sealed record Estimate(double Value, EstimateRange? Range)
{
    /// <summary>Whether a difference is larger than chance explains.</summary>
    public bool IsShown => Range is { } range && (range.Low > 0 || range.High < 0);

    /// <summary>A figure with its range: "0.812 (0.790 to 0.833)".</summary>
    public override string ToString() => ScoreText.Of(Value) + (Range is { } range ? $" ({ScoreText.Of(range.Low)} to {ScoreText.Of(range.High)})" : "");

    /// <summary>A difference with its range: "+0.021 (-0.004 to +0.046)".</summary>
    public string ToSignedString() => Signed(Value) + (Range is { } range ? $" ({Signed(range.Low)} to {Signed(range.High)})" : "");

    private static string Signed(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:+0.000;-0.000;0.000}");
}

/// <summary>Bounds of an estimate.</summary>
/// <param name="Low">Lowest.</param>
/// <param name="High">Highest.</param>
public sealed record EstimateRange(double Low, double High);

/// <summary>What is known about a strategy on a share of the training images.</summary>
public sealed record StrategyFigures
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Share of the training images, 0..1.</summary>
    public required double Fraction { get; init; }

    /// <summary>mAP at IoU 0.50.</summary>
    public required Estimate Map50 { get; init; }

    /// <summary>mAP at IoU 0.50:0.95.</summary>
    public required Estimate Map { get; init; }

    /// <summary>Standard deviation of mAP50 over the seeds; NaN with one seed.</summary>
    public required double Spread { get; init; }

    /// <summary>mAP50 minus that of the baseline, of the same images and seeds.</summary>
    public required Estimate ToBaseline { get; init; }

    /// <summary>mAP50 minus that of the best strategy, of the same images and seeds.</summary>
    public required Estimate ToBest { get; init; }
}
