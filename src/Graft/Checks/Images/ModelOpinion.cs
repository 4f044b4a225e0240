using Graft.Data;
using Graft.Detectors;

namespace Graft.Checks;

/// <summary>What a model says about the boxes of one image.</summary>
/// <param name="Extra">Detections of high score that no box covers.</param>
/// <param name="NotFound">Boxes of classes of the model that no detection of their class covers, even of low score.</param>
/// <param name="Judged">Number of boxes of classes of the model.</param>
internal sealed record ModelOpinion(IReadOnlyList<Detection> Extra, IReadOnlyList<LabelledBox> NotFound, int Judged)
{
    /// <summary>Lowest score of a detection that covers a box.</summary>
    internal const double Faint = 0.05;

    private const double Confident = 0.6;
    private const double Touching = 0.3;

    /// <summary>Compares detections with the boxes of an image.</summary>
    /// <param name="found">Detections with scores from <see cref="Faint"/>.</param>
    /// <param name="boxes">The boxes.</param>
    /// <param name="known">Labels of the classes that the model detects.</param>
    internal static ModelOpinion Of(IReadOnlyList<Detection> found, IReadOnlyList<LabelledBox> boxes, IReadOnlyCollection<int> known)
    {
        LabelledBox[] judged = [.. boxes.Where(box => known.Contains(box.Label))];
        return new ModelOpinion(
            [.. found.Where(one => one.Score >= Confident && !boxes.Any(box => Touch(box.Box, one.Box)))],
            [.. judged.Where(box => !found.Any(one => one.Label == box.Label && Touch(box.Box, one.Box)))],
            judged.Length);
    }

    private static bool Touch(Box a, Box b) => a.IntersectionOverUnion(b) >= Touching;
}
