using Graft.Data;
using Graft.Detectors;

namespace Graft.Checks;

/// <summary>Which boxes the sheets of the classes show: some of each class, spread evenly over the data set.</summary>
internal sealed class CropPlan
{
    /// <summary>Boxes on the sheet of a class.</summary>
    internal const int PerClass = 24;

    // Each sheet takes about 100 KB of the page.
    private const int MaxSheets = 40;

    private readonly Dictionary<int, List<(int Sheet, int Place, LabelledBox Box)>> _byImage = [];

    /// <summary>Plans the sheets.</summary>
    /// <param name="images">All images.</param>
    /// <param name="classes">Number of classes.</param>
    internal CropPlan(IReadOnlyList<DetectionImage> images, int classes)
    {
        List<(int Image, LabelledBox Box)>[] boxes = [.. Enumerable.Range(0, classes).Select(_ => new List<(int, LabelledBox)>())];
        for (int i = 0; i < images.Count; i++)
        {
            foreach (LabelledBox box in images[i].Objects)
            {
                boxes[box.Label].Add((i, box));
            }
        }

        Labels = [.. Enumerable.Range(0, classes).Where(label => boxes[label].Count > 0).OrderByDescending(label => boxes[label].Count).Take(MaxSheets).Order()];
        Counts = [.. Labels.Select(label => Math.Min(PerClass, boxes[label].Count))];
        for (int sheet = 0; sheet < Labels.Count; sheet++)
        {
            List<(int Image, LabelledBox Box)> all = boxes[Labels[sheet]];
            for (int place = 0; place < Counts[sheet]; place++)
            {
                (int image, LabelledBox box) = all[(int)((long)place * all.Count / Counts[sheet])];
                (_byImage.TryGetValue(image, out List<(int, int, LabelledBox)>? list) ? list : _byImage[image] = []).Add((sheet, place, box));
            }
        }
    }

    /// <summary>The class of each sheet; those with the most boxes where there are many classes.</summary>
    internal IReadOnlyList<int> Labels { get; }

    /// <summary>Boxes on each sheet.</summary>
    internal IReadOnlyList<int> Counts { get; }

    /// <summary>What is cut out of an image.</summary>
    internal IReadOnlyList<(int Sheet, int Place, LabelledBox Box)> Of(int image) => _byImage.GetValueOrDefault(image) ?? [];
}
