using Graft.Data;
using Graft.Detectors;

namespace Graft.Evaluation;

/// <summary>One detection as a COCO result file lists it.</summary>
/// <param name="ImageId">Number of the image.</param>
/// <param name="CategoryId">Number of the class.</param>
/// <param name="X">Left edge in pixels of the original image.</param>
/// <param name="Y">Upper edge in pixels.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Score">Confidence; only the order counts.</param>
public readonly record struct CocoResult(
    long ImageId, long CategoryId, double X, double Y, double Width, double Height, double Score)
{
    /// <summary>A detection as a result.</summary>
    /// <param name="imageId">Number of the image.</param>
    /// <param name="detection">The detection, its box in pixels of the original image.</param>
    /// <param name="categories">Classes in label order.</param>
    public static CocoResult From(long imageId, Detection detection, IReadOnlyList<CocoCategory> categories)
        => new(imageId, categories[detection.Label].Id, detection.Box.X1, detection.Box.Y1, detection.Box.Width, detection.Box.Height, detection.Score);
}
