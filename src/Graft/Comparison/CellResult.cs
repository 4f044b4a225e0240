using Graft.Evaluation;

namespace Graft.Comparison;

/// <summary>What one run of a comparison gave; written when the run is complete, so that it is not repeated.</summary>
public sealed record CellResult
{
    /// <summary>Name of the strategy.</summary>
    public required string Strategy { get; init; }

    /// <summary>The seed.</summary>
    public required int Seed { get; init; }

    /// <summary>Share of the training images, 0..1.</summary>
    public required double Fraction { get; init; }

    /// <summary>Training images.</summary>
    public required int Images { get; init; }

    /// <summary>Epochs that were trained.</summary>
    public required int Epochs { get; init; }

    /// <summary>Epoch of the kept weights, from 1.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>Seconds of training and validation, with those of features that another run had computed.</summary>
    public required double Seconds { get; init; }

    /// <summary>Seconds of these that another run had spent.</summary>
    public required double SharedSeconds { get; init; }

    /// <summary>mAP at IoU 0.50, 0..1; −1 where undefined.</summary>
    public required double Map50 { get; init; }

    /// <summary>mAP at IoU 0.50:0.95, 0..1; −1 where undefined.</summary>
    public required double Map { get; init; }

    /// <summary>Each class; AP −1 where the validation images have none of its objects.</summary>
    public required IReadOnlyList<CocoClassScores> PerClass { get; init; }

    /// <summary>Share of the base's mAP on its own classes that is left; null where it could not be measured.</summary>
    public double? Retention { get; init; }

    /// <summary>The curve: minutes, and mAP50 after them.</summary>
    public required IReadOnlyList<CurvePoint> Curve { get; init; }

    /// <summary>Bytes of the file that training adds to the base: the adapter, or the whole model where every weight is trained.</summary>
    public required long FileBytes { get; init; }

    /// <summary>10⁹ operations for one image with adapters attached.</summary>
    public required double GflopsBefore { get; init; }

    /// <summary>10⁹ operations after merging.</summary>
    public required double GflopsAfter { get; init; }

    /// <summary>Median milliseconds for one image with adapters attached.</summary>
    public double? MsBefore { get; init; }

    /// <summary>Median milliseconds after merging.</summary>
    public double? MsAfter { get; init; }

    /// <summary>Parts of adapters that were merged.</summary>
    public required int Merged { get; init; }

    /// <summary>Parts that stay attached because they cannot be merged exactly.</summary>
    public required int Left { get; init; }

    /// <summary>Largest difference between the outputs before and after merging; null where the merge was refused.</summary>
    public double? MergeDifference { get; init; }

    /// <summary>Why the merge was refused; null where it was not.</summary>
    public string? Refused { get; init; }

    /// <summary>Largest norm of all gradients in a step.</summary>
    public required double LargestGradient { get; init; }

    /// <summary>Steps that were skipped because gradients were not finite.</summary>
    public required long SkippedSteps { get; init; }

    /// <summary>Minutes until an mAP50 was reached; null: never.</summary>
    public double? MinutesTo(double map50) => Curve.FirstOrDefault(point => point.Map50 >= map50)?.Minutes;
}

/// <summary>A measured point of a learning curve.</summary>
/// <param name="Minutes">Minutes of training and validation.</param>
/// <param name="Map50">mAP at IoU 0.50.</param>
public sealed record CurvePoint(double Minutes, double Map50);
