using Graft.Detectors;
using Graft.Torch.Images;

namespace Graft.Data;

/// <summary>Combines four images around a random point of a canvas of twice the side.</summary>
internal static class Mosaic
{
    /// <summary>
    /// Puts the tiles, each at most side × side, at the upper left, upper right, lower left and lower right of the point.
    /// </summary>
    public static Sample Of(IReadOnlyList<(Image Image, IReadOnlyList<LabelledBox> Objects)> tiles, int side, SplitMix64 random)
    {
        int x = (int)(random.Uniform(0.5, 1.5) * side);
        int y = (int)(random.Uniform(0.5, 1.5) * side);
        Image canvas = new(2 * side, 2 * side, Letterbox.Padding);
        List<LabelledBox> objects = [];
        for (int i = 0; i < tiles.Count; i++)
        {
            (Image tile, IReadOnlyList<LabelledBox> own) = tiles[i];
            int left = i % 2 == 0 ? x - tile.Width : x;
            int top = i < 2 ? y - tile.Height : y;
            canvas.Paste(tile, left, top);
            objects.AddRange(own
                .Select(labelled => labelled with { Box = labelled.Box.Map(1, 1, left, top).Clip(2 * side, 2 * side) })
                .Where(labelled => labelled.Box.Area > 0));
        }

        return new Sample(canvas, objects);
    }
}
