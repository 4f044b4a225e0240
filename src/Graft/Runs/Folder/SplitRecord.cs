using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Graft.Data;

namespace Graft.Runs;

/// <summary>Identifies one split of a data set.</summary>
/// <param name="Images">Number of images.</param>
/// <param name="Boxes">Number of ground-truth boxes.</param>
/// <param name="Files">Hash of the images' relative paths and file sizes, in order.</param>
/// <param name="Annotations">Hash of the boxes and labels, in order.</param>
internal sealed record SplitRecord(int Images, int Boxes, string Files, string Annotations)
{
    /// <summary>Describes a split.</summary>
    public static SplitRecord Of(DetectionDataset set)
    {
        string[] paths = [.. set.Images.Select(image => Path.GetFullPath(image.Path))];
        string root = Root(paths);
        using IncrementalHash files = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using IncrementalHash annotations = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((DetectionImage image, string path) in set.Images.Zip(paths))
        {
            FileInfo file = new(path);
            Add(files, $"{path[root.Length..].Replace('\\', '/')}|{(file.Exists ? file.Length : -1)}\n");
            Add(annotations, $"{image.Width}x{image.Height}\n");
            foreach (LabelledBox one in image.Objects)
            {
                Add(annotations, $"{one.Label} {one.Box.X1:r} {one.Box.Y1:r} {one.Box.X2:r} {one.Box.Y2:r}\n");
            }
        }

        return new SplitRecord(set.Images.Count, set.BoxCount, Convert.ToHexStringLower(files.GetHashAndReset()), Convert.ToHexStringLower(annotations.GetHashAndReset()));
    }

    /// <summary>How another split differs, in words; null: it is the same.</summary>
    /// <param name="now">The other.</param>
    public string? Change(SplitRecord now)
    {
        return this == now ? null : (Images, Boxes) != (now.Images, now.Boxes) ? $"{Sizes(this)} -> {Sizes(now)}"
            : Files != now.Files ? "other image files" : "other annotations";

        static string Sizes(SplitRecord split) => $"{Counted.Of(split.Images, "image")}, {Counted.Of(split.Boxes, "box")}";
    }

    private static void Add(IncrementalHash hash, FormattableString text) => hash.AppendData(Encoding.UTF8.GetBytes(text.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The folder that all images share; paths relative to it do not change when a data set is moved.</summary>
    private static string Root(IReadOnlyList<string> paths)
    {
        string root = paths.Count == 0 ? "" : Path.GetDirectoryName(paths[0])! + Path.DirectorySeparatorChar;
        foreach (string path in paths)
        {
            while (root.Length > 0 && !path.StartsWith(root, StringComparison.Ordinal))
            {
                root = Path.GetDirectoryName(root.TrimEnd(Path.DirectorySeparatorChar)) is { } up ? up.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar : "";
            }
        }

        return root;
    }
}
