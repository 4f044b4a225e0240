using Graft.Data;
using Graft.Detectors;

namespace Graft.Checks;

/// <summary>Images that are the same: each image has the index of the first one with its pixels, and of the first one that is almost equal.</summary>
/// <param name="Exact">By image: the first image with the same pixels, itself if there is none before.</param>
/// <param name="Near">By image: the first image of its group of almost equal ones.</param>
internal sealed record CopyGroups(int[] Exact, int[] Near)
{
    private const double SameBox = 0.5;
    private const int Bands = ImageFingerprint.MaxBits + 1;
    private const int BandBits = 64 / Bands;

    /// <summary>Groups images. An image is compared with the first of each group only, so that many copies cost no more than one.</summary>
    /// <param name="images">Fingerprints; null for an image that cannot be read, which is in no group.</param>
    /// <param name="labels">Their boxes.</param>
    internal static CopyGroups Of(IReadOnlyList<ImageFingerprint?> images, IReadOnlyList<DetectionImage> labels)
    {
        int[] exact = [.. Enumerable.Range(0, images.Count)], near = [.. exact];
        Dictionary<UInt128, int> pixels = [];
        Dictionary<int, List<int>> bands = [];
        for (int i = 0; i < images.Count; i++)
        {
            if (images[i] is not { } image)
            {
                continue;
            }

            if (!pixels.TryAdd(image.Pixels, i))
            {
                exact[i] = pixels[image.Pixels];
                near[i] = near[exact[i]];
                continue;
            }

            near[i] = Candidates(bands, image).Where(first => HaveBoxes(labels[i], labels[first]) && image.MayBeNear(images[first]!)
                && image.IsNear(images[first]!, HaveSameBoxes(labels[i], labels[first]))).Append(i).Min();
            if (near[i] == i)
            {
                foreach (int key in Keys(image))
                {
                    (bands.TryGetValue(key, out List<int>? list) ? list : bands[key] = []).Add(i);
                }
            }
        }

        return new CopyGroups(exact, near);
    }

    /// <summary>Images that share a band of bits: of 8 bands one is equal where at most 7 bits differ.</summary>
    private static IEnumerable<int> Candidates(Dictionary<int, List<int>> bands, ImageFingerprint image)
        => Keys(image).SelectMany(key => bands.GetValueOrDefault(key) ?? []).Distinct();

    private static IEnumerable<int> Keys(ImageFingerprint image)
        => Enumerable.Range(0, Bands).Select(band => (band << BandBits) | (int)((image.Gradients >> (band * BandBits)) & ((1UL << BandBits) - 1)));

    /// <summary>Two parts without defect under a fixed camera look the same, and there is no harm in both.</summary>
    private static bool HaveBoxes(DetectionImage a, DetectionImage b) => a.Objects.Count + b.Objects.Count > 0;

    /// <summary>Whether every box, as a share of its image, has one of its class in the other image; false without boxes.</summary>
    private static bool HaveSameBoxes(DetectionImage a, DetectionImage b)
    {
        if (a.Objects.Count == 0 || a.Objects.Count != b.Objects.Count)
        {
            return false;
        }

        LabelledBox[] others = [.. b.Objects.Select(item => item with { Box = Share(item.Box, b) })];
        return a.Objects.All(item => others.Any(other => other.Label == item.Label && other.Box.IntersectionOverUnion(Share(item.Box, a)) >= SameBox));
    }

    private static Box Share(Box box, DetectionImage image) => box.Map(1.0 / image.Width, 1.0 / image.Height);
}
