using System.Security.Cryptography;
using System.Text;
using Graft.Data;
using Graft.Detectors;

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
        CocoWriter.Write(FileOf(data, i => !held[i], root, train));
        CocoWriter.Write(FileOf(data, i => held[i], root, val));
    }

    /// <summary>Whether every class of an image is in another training image too.</summary>
    private static bool Remains(int[][] of, bool[] held, int image)
        => of.All(found => !found.Contains(image) || found.Any(other => other != image && !held[other]));

    private static string Key(DetectionImage image) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFileName(image.Path))));

    private static CocoFile FileOf(DetectionDataset data, Func<int, bool> has, string root, string path)
    {
        ILookup<long, CocoAnnotation> special = data.Annotations.Where(annotation => annotation.Crowd || annotation.Ignore).ToLookup(annotation => annotation.ImageId);
        Dictionary<long, int> labels = data.Categories.Select((category, label) => (category.Id, label)).ToDictionary(entry => entry.Id, entry => entry.label);
        List<CocoImage> images = [];
        List<CocoAnnotation> annotations = [];
        foreach (DetectionImage image in data.Images.Where((_, i) => has(i)))
        {
            string name = Path.GetRelativePath(root, image.Path).Replace('\\', '/');
            images.Add(new CocoImage(images.Count + 1, name.StartsWith("../", StringComparison.Ordinal) ? image.Path : name, image.Width, image.Height));
            annotations.AddRange(image.Objects.Select((item, i) => Annotation(i, item.Box, item.Label)));
            annotations.AddRange(special[image.Id].Select((region, i) => Annotation(image.Objects.Count + i, Box.FromSize(region.X, region.Y, region.Width, region.Height), labels[region.CategoryId])
                with
            { Crowd = region.Crowd, Ignore = region.Ignore }));
        }

        return new CocoFile(path, images, [.. data.ClassNames.Select((name, label) => new CocoCategory(label + 1, name))], [.. annotations.Select((one, i) => one with { Id = i + 1 })]);

        CocoAnnotation Annotation(int id, Box box, int label) => new(id, images.Count, label + 1, box.X1, box.Y1, box.Width, box.Height, box.Area);
    }
}
