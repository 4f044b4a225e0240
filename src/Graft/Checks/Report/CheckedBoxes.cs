using Graft.Data;

namespace Graft.Checks;

/// <summary>The images and boxes of a checked split.</summary>
/// <param name="Name">train or val; data for a file that is no split.</param>
/// <param name="Source">The annotation file or folder.</param>
/// <param name="Images">Images with boxes in common labels.</param>
public sealed record CheckedBoxes(string Name, string Source, IReadOnlyList<DetectionImage> Images)
{
    private const double SmallArea = 32 * 32;
    private const double MediumArea = 96 * 96;

    /// <summary>Boxes of the split.</summary>
    public int Boxes => Images.Sum(image => image.Objects.Count);

    /// <summary>Images without a box.</summary>
    public int Unlabelled => Images.Count(image => image.Objects.Count == 0);

    private readonly Dictionary<int, (int Small, int Medium, int Large)> _sizes = SizesOf(Images);

    /// <summary>Counts of small, medium and large boxes (COCO: areas below 32² and 96² pixels, and above).</summary>
    /// <param name="label">Of this class; null: of all.</param>
    public (int Small, int Medium, int Large) Sizes(int? label = null) => label is { } one
        ? _sizes.GetValueOrDefault(one)
        : (_sizes.Values.Sum(size => size.Small), _sizes.Values.Sum(size => size.Medium), _sizes.Values.Sum(size => size.Large));

    /// <summary>Boxes of a class.</summary>
    /// <param name="label">The class.</param>
    public int Count(int label)
    {
        (int small, int medium, int large) = Sizes(label);
        return small + medium + large;
    }

    private static Dictionary<int, (int Small, int Medium, int Large)> SizesOf(IReadOnlyList<DetectionImage> images)
    {
        Dictionary<int, (int Small, int Medium, int Large)> sizes = [];
        foreach (LabelledBox box in images.SelectMany(image => image.Objects))
        {
            (int small, int medium, int large) = sizes.GetValueOrDefault(box.Label);
            sizes[box.Label] = box.Box.Area switch
            {
                < SmallArea => (small + 1, medium, large),
                < MediumArea => (small, medium + 1, large),
                _ => (small, medium, large + 1),
            };
        }

        return sizes;
    }
}
