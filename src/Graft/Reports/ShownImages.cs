using Graft.Data;

namespace Graft.Reports;

/// <summary>Chooses the images of a data set that a report shows.</summary>
public static class ShownImages
{
    /// <summary>Images that show different classes, as far as there are some; those with objects first.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="count">How many at most.</param>
    public static IReadOnlyList<DetectionImage> Of(DetectionDataset data, int count)
    {
        ArgumentNullException.ThrowIfNull(data);
        HashSet<int> seen = [];
        List<DetectionImage> chosen = [];
        DetectionImage[] order = [.. data.Images.OrderByDescending(image => image.Objects.Count > 0)];
        foreach (DetectionImage image in order.Where(image => image.Objects.Any(item => !seen.Contains(item.Label))))
        {
            if (chosen.Count < count && image.Objects.Any(item => seen.Add(item.Label)))
            {
                chosen.Add(image);
            }
        }

        chosen.AddRange(order.Except(chosen).Take(count - chosen.Count).ToArray());
        return chosen;
    }
}
