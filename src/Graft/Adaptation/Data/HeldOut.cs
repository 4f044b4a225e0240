using System.Security.Cryptography;
using System.Text;
using Graft.Data;

namespace Graft.Adaptation;

/// <summary>Holds out validation images of a data set that has none: the same ones for the same files.</summary>
internal static class HeldOut
{
    /// <summary>With fewer images nothing is held out.</summary>
    internal const int LeastImages = 10;

    private const int Share = 5;

    /// <summary>Chooses a fifth of the images, of every class if it can be, by a hash of their names.</summary>
    /// <param name="images">All images.</param>
    /// <param name="classes">Number of classes.</param>
    /// <returns>Whether each image is held out.</returns>
    internal static bool[] Choose(IReadOnlyList<DetectionImage> images, int classes)
    {
        int[] order = [.. Enumerable.Range(0, images.Count).OrderBy(i => Key(images[i]), StringComparer.Ordinal).ThenBy(i => images[i].Path, StringComparer.Ordinal)];
        bool[] held = new bool[images.Count];
        int left = images.Count / Share;
        int[][] of = [.. Enumerable.Range(0, classes).Select(label => order.Where(i => images[i].Objects.Any(item => item.Label == label)).ToArray())];

        // The rarest class first: what holds it often holds others too.
        foreach (int[] some in of.Where(found => found.Length > 1).OrderBy(found => found.Length))
        {
            Hold(some, Math.Max(1, some.Length / Share) - some.Count(i => held[i]));
        }

        Hold(order, left);
        return held;

        void Hold(int[] candidates, int count)
        {
            foreach (int i in candidates)
            {
                if (count > 0 && left > 0 && !held[i] && Remains(of, held, i))
                {
                    held[i] = true;
                    (count, left) = (count - 1, left - 1);
                }
            }
        }
    }

    /// <summary>Writes both parts as COCO files whose image names start from a folder.</summary>
    /// <param name="data">All images.</param>
    /// <param name="held">Whether each image is held out.</param>
    /// <param name="root">The folder.</param>
    /// <param name="train">File of the training images.</param>
    /// <param name="val">File of the images that are held out.</param>
    internal static void Write(DetectionDataset data, bool[] held, string root, string train, string val)
    {
        CocoWriter.Write(CocoFile.Of(data, i => !held[i], root, train));
        CocoWriter.Write(CocoFile.Of(data, i => held[i], root, val));
    }

    /// <summary>Whether every class of an image is in another training image too.</summary>
    private static bool Remains(int[][] of, bool[] held, int image)
        => of.All(found => !found.Contains(image) || found.Any(other => other != image && !held[other]));

    private static string Key(DetectionImage image) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFileName(image.Path))));
}
