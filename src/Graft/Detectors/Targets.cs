namespace Graft.Detectors;

/// <summary>Ground-truth boxes of a batch.</summary>
/// <param name="Images">Images in the batch.</param>
/// <param name="Boxes">One entry per box.</param>
public sealed record Targets(int Images, IReadOnlyList<Targets.Row> Boxes)
{
    /// <summary>One ground-truth box, corners in input pixels.</summary>
    public readonly record struct Row(int Image, int Label, float X1, float Y1, float X2, float Y2)
    {
        /// <summary>What the annotation says besides the class; null: nothing.</summary>
        public IReadOnlyDictionary<string, string>? Attributes { get; init; }
    }

    /// <summary>A seed per image for what training draws at random; empty: the boxes decide.</summary>
    public IReadOnlyList<long> Seeds { get; init; } = [];

    /// <summary>The boxes of some of the images, which are numbered from 0 again.</summary>
    /// <param name="first">The first image.</param>
    /// <param name="after">The image after the last.</param>
    public Targets Part(int first, int after)
        => new(after - first, [.. Boxes.Where(row => row.Image >= first && row.Image < after).Select(row => row with { Image = row.Image - first })])
        {
            Seeds = [.. Seeds.Skip(first).Take(after - first)],
        };

    /// <summary>Creates targets from rows (image, label, x1, y1, x2, y2).</summary>
    public static Targets From(int images, ReadOnlySpan<float> rows)
    {
        List<Row> boxes = [];
        for (int i = 0; i + 6 <= rows.Length; i += 6)
        {
            boxes.Add(new((int)rows[i], (int)rows[i + 1], rows[i + 2], rows[i + 3], rows[i + 4], rows[i + 5]));
        }

        return new Targets(images, boxes);
    }
}
