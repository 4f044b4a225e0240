namespace Graft.Detectors;

/// <summary>The P anchor points: one per cell of each level, levels finest first, rows top to bottom.</summary>
/// <param name="Centres">P×2 (x, y) in input pixels: (cell + 0.5)·stride.</param>
/// <param name="Strides">P strides: input pixels per cell.</param>
public sealed record Anchors(float[] Centres, float[] Strides)
{
    /// <summary>Number of anchor points.</summary>
    public int Count => Strides.Length;

    /// <summary>The anchor points of the maps of all levels.</summary>
    /// <param name="sizes">(height, width) of each map.</param>
    /// <param name="strides">Input pixels per cell of each map.</param>
    public static Anchors Of(IReadOnlyList<(long Height, long Width)> sizes, IReadOnlyList<int> strides)
    {
        long count = sizes.Sum(size => size.Height * size.Width);
        float[] centres = new float[2 * count], steps = new float[count];
        int at = 0;
        for (int level = 0; level < sizes.Count; level++)
        {
            for (int y = 0; y < sizes[level].Height; y++)
            {
                for (int x = 0; x < sizes[level].Width; x++, at++)
                {
                    centres[2 * at] = (x + 0.5f) * strides[level];
                    centres[(2 * at) + 1] = (y + 0.5f) * strides[level];
                    steps[at] = strides[level];
                }
            }
        }

        return new Anchors(centres, steps);
    }

    /// <summary>The anchor points of a head's outputs.</summary>
    public static Anchors Of(RawDetections raw, IReadOnlyList<int> strides)
        => Of([.. raw.Logits.Select(map => (map.Size(2), map.Size(3)))], strides);
}
