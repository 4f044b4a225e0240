using Graft.Data;

namespace Graft.Evaluation;

/// <summary>The annotations that detections are evaluated against.</summary>
/// <param name="ImageIds">Every evaluated image, also those without annotations.</param>
/// <param name="Categories">The classes, in label order; scores are listed in this order.</param>
/// <param name="Annotations">The annotations; those of other images or classes are ignored.</param>
public sealed record CocoGroundTruth(
    IReadOnlyList<long> ImageIds, IReadOnlyList<CocoCategory> Categories, IReadOnlyList<CocoAnnotation> Annotations)
{
    /// <summary>All images and annotations of a file.</summary>
    public static CocoGroundTruth From(CocoFile file)
        => new([.. file.Images.Select(image => image.Id)], file.Categories, file.Annotations);

    /// <summary>The existing images of a data set and the annotations of its selected classes.</summary>
    public static CocoGroundTruth From(DetectionDataset data)
        => new([.. data.Images.Select(image => image.Id)], data.Categories, data.Annotations);
}
