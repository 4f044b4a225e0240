using Graft.Data;
using Graft.Training;

namespace Graft.Adaptation;

/// <summary>What a plan depends on, besides measured speeds.</summary>
public sealed record AdaptFacts
{
    /// <summary>Training images.</summary>
    public required int TrainImages { get; init; }

    /// <summary>Validation images.</summary>
    public required int ValImages { get; init; }

    /// <summary>Median of the longer sides of the training images, pixels.</summary>
    public required double LongerSide { get; init; }

    /// <summary>Shorter side of the small boxes, pixels of the image: a tenth of the training boxes are smaller.</summary>
    public required double SmallBox { get; init; }

    /// <summary>Side of the input that the base was trained with, pixels.</summary>
    public required int BaseSide { get; init; }

    /// <summary>mAP50 of the base on the validation images, by the words alone, 0..1.</summary>
    public double ZeroShot { get; init; }

    /// <summary>What bfloat16 gains on this machine.</summary>
    public Bfloat16Speed Bfloat16 { get; init; } = new(0);

    /// <summary>Side of the input that the user gives; null: it is chosen.</summary>
    public int? GivenSide { get; init; }

    /// <summary>Images per step that the user gives; null: they are chosen.</summary>
    public int? GivenBatch { get; init; }

    /// <summary>Passes over the training images that the user gives; null: they are chosen. The time still ends the training.</summary>
    public int? GivenEpochs { get; init; }

    /// <summary>The facts of a data set.</summary>
    internal static AdaptFacts Of(DetectionData data, int baseSide)
    {
        double[] boxes = [.. data.Train.Images.SelectMany(image => image.Objects.Select(item => RelativeToMedian(item, image))).Order()];
        double[] sides = [.. data.Train.Images.Select(image => (double)Math.Max(image.Width, image.Height)).Order()];
        double median = sides[sides.Length / 2];
        return new AdaptFacts
        {
            TrainImages = data.Train.Images.Count,
            ValImages = data.Val.Images.Count,
            LongerSide = median,
            SmallBox = boxes.Length == 0 ? median : boxes[boxes.Length / 10] * median,
            BaseSide = baseSide,
        };

        // Images are scaled to the same input, so a box counts by its share of its own image.
        static double RelativeToMedian(LabelledBox item, DetectionImage image) => Math.Min(item.Box.Width, item.Box.Height) / Math.Max(image.Width, image.Height);
    }
}
