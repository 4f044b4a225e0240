using System.Globalization;
using Graft.Training;

namespace Graft.Runs;

/// <summary>How fast a machine trains and validates, data loading included.</summary>
/// <param name="Side">Side of the input, pixels.</param>
/// <param name="TrainImagesPerSecond">Training images per second.</param>
/// <param name="ValImagesPerSecond">Validation images per second.</param>
public sealed record TrainingSpeed(int Side, double TrainImagesPerSecond, double ValImagesPerSecond)
{
    /// <summary>Training images per second where the features of a view are known already; null: not measured.</summary>
    public double? KeptImagesPerSecond { get; init; }

    /// <summary>Most memory that the tensors of training hold, MB of 2^20 bytes, without weights.</summary>
    public double Megabytes { get; init; }

    /// <summary>The same machine with another input: times grow with its area.</summary>
    /// <param name="side">Side of the input, pixels.</param>
    public TrainingSpeed At(int side)
    {
        double slower = (double)side * side / ((double)Side * Side);
        return new TrainingSpeed(side, TrainImagesPerSecond / slower, ValImagesPerSecond / slower)
        {
            KeptImagesPerSecond = KeptImagesPerSecond / slower,
            Megabytes = Megabytes * slower,
        };
    }

    /// <summary>The higher speeds of two measurements of the same steps.</summary>
    /// <param name="other">At the same side of the input.</param>
    public TrainingSpeed Faster(TrainingSpeed other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return this with
        {
            TrainImagesPerSecond = Math.Max(TrainImagesPerSecond, other.TrainImagesPerSecond),
            ValImagesPerSecond = Math.Max(ValImagesPerSecond, other.ValImagesPerSecond),
            KeptImagesPerSecond = KeptImagesPerSecond is { } kept ? Math.Max(kept, other.KeptImagesPerSecond ?? 0) : null,
        };
    }

    /// <summary>Reads like "36.1 images/s (45 with kept features)".</summary>
    public override string ToString()
    {
        string kept = KeptImagesPerSecond is { } known ? string.Create(CultureInfo.InvariantCulture, $" ({known:0.#} with kept features)") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{TrainImagesPerSecond:0.#} images/s{kept}");
    }

    /// <summary>Seconds of training, without validation.</summary>
    /// <param name="images">Training images.</param>
    /// <param name="train">Epochs, and the views whose features are kept.</param>
    public double SecondsOf(int images, TrainOptions train)
    {
        ArgumentNullException.ThrowIfNull(train);
        int computed = KeptImagesPerSecond is null || train.FeatureCache == FeatureCache.Off ? train.Epochs : train.KeptViews;
        return images * ((computed / TrainImagesPerSecond) + ((train.Epochs - computed) / (KeptImagesPerSecond ?? TrainImagesPerSecond)));
    }
}
