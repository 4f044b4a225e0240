using Graft.Torch;

namespace Graft.VisionLanguage;

/// <summary>Cuts equirectangular panoramas (360°×180°, 2:1) into views for the vision encoder.</summary>
public static class PanoramaViews
{
    /// <summary>Cuts a panorama.</summary>
    /// <param name="panorama">The image; its width spans 360 degrees.</param>
    /// <param name="side">Side of the square views in pixels.</param>
    /// <param name="options">Settings of the views.</param>
    public static IReadOnlyList<RgbImage> Cut(RgbImage panorama, int side, PanoramaOptions options)
    {
        ArgumentNullException.ThrowIfNull(panorama);
        ArgumentNullException.ThrowIfNull(options);
        IEnumerable<RgbImage> views = options.Checked().Strategy switch
        {
            CropStrategy.E2p => E2pYaws(options).Select(yaw => Middle(View(yaw, 0, options).Render(panorama))),
            CropStrategy.AnyresE2p => [Letterbox(panorama, options.GlobalSide), .. Tiles(options).Select(tile => tile.Render(panorama))],
            CropStrategy.SlidingWindow => Strips(panorama, options),
            CropStrategy.Cubemap => new double[] { 0, 90, 180, -90 }
                .Select(yaw => new PerspectiveView(yaw, 0, 90, options.TileSide, options.TileSide).Render(panorama)),
            CropStrategy.Resize => [panorama],
            CropStrategy.Anyres => [panorama, .. Grid(panorama, side, most: 4)],
            CropStrategy.AnyresMax => [panorama, .. Grid(panorama, side, most: 9)],
            _ => throw new GraftException(Failure.Usage, $"There is no crop strategy {options.Strategy}."),
        };
        return [.. views.Select(view => BicubicResize.To(view, side, side))];
    }

    /// <summary>The views of a panorama as input of the vision encoder.</summary>
    /// <param name="panorama">The image; its width spans 360 degrees.</param>
    /// <param name="side">Side of the square views.</param>
    /// <param name="options">Settings of the views.</param>
    /// <returns>V×3×side×side in −1..1.</returns>
    public static Tensor Pixels(RgbImage panorama, int side, PanoramaOptions options)
    {
        IReadOnlyList<RgbImage> views = Cut(panorama, side, options);
        float[] values = new float[views.Count * 3 * side * side];
        for (int view = 0; view < views.Count; view++)
        {
            byte[] pixels = views[view].Pixels;
            for (int i = 0; i < pixels.Length; i++)
            {
                values[((view * 3) + (i % 3)) * side * side + i / 3] = pixels[i] / 127.5f - 1;
            }
        }

        return Tensor.From(values, views.Count, 3, side, side);
    }

    /// <summary>Directions of <see cref="CropStrategy.E2p"/>: from the centre to the right, in (−180, 180].</summary>
    public static IReadOnlyList<double> E2pYaws(PanoramaOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        double step = options.Checked().FovDegrees * (1 - options.Overlap);
        return [.. Enumerable.Range(0, RingCount(options)).Select(i => i * step % 360).Select(yaw => yaw > 180 ? yaw - 360 : yaw)];
    }

    /// <summary>The perspective tiles of <see cref="CropStrategy.AnyresE2p"/>: the lowest ring first, each from −180 degrees on.</summary>
    public static IReadOnlyList<PerspectiveView> Tiles(PanoramaOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        int count = RingCount(options.Checked());
        double step = options.FovDegrees * (1 - options.Overlap), half = options.FovDegrees / 2;
        List<PerspectiveView> tiles = new();
        for (int ring = 0; options.PitchMin + half + ring * step <= options.PitchMax - half + 1e-9; ring++)
        {
            for (int i = 0; i < count; i++)
            {
                tiles.Add(View(-180 + i * 360.0 / count, options.PitchMin + half + ring * step, options));
            }
        }

        return tiles;
    }

    private static int RingCount(PanoramaOptions options) => (int)Math.Ceiling(360 / (options.FovDegrees * (1 - options.Overlap)) - 1e-9);

    private static PerspectiveView View(double yaw, double pitch, PanoramaOptions options)
        => new(yaw, pitch, options.FovDegrees, options.TileSide, options.TileSide);

    private static RgbImage Middle(RgbImage view)
    {
        int cut = (int)(view.Height * 0.05);
        return view.CropAround(0, cut, view.Width, view.Height - 2 * cut);
    }

    private static RgbImage Letterbox(RgbImage panorama, int side)
    {
        double scale = (double)side / Math.Max(panorama.Width, panorama.Height);
        int width = Math.Max(1, (int)(panorama.Width * scale)), height = Math.Max(1, (int)(panorama.Height * scale));
        RgbImage square = new(side, side);
        square.Paste(BicubicResize.To(panorama, width, height), (side - width) / 2, (side - height) / 2);
        return square;
    }

    private static IEnumerable<RgbImage> Strips(RgbImage panorama, PanoramaOptions options)
    {
        int width = Math.Clamp((int)Math.Round(panorama.Width * options.FovDegrees / 360), 1, panorama.Width);
        double step = panorama.Width * options.FovDegrees * (1 - options.Overlap) / 360;
        return Enumerable.Range(0, RingCount(options))
            .Select(i => panorama.CropAround((int)(i * step) % panorama.Width, 0, width, panorama.Height));
    }

    /// <summary>Tiles of the grid with the largest scale of the panorama and, among those, the smallest unused area.</summary>
    private static IEnumerable<RgbImage> Grid(RgbImage panorama, int side, int most)
    {
        (int columns, int rows) = (from c in Enumerable.Range(1, most)
                                   from r in Enumerable.Range(1, most / c)
                                   let scale = Math.Min((double)c * side / panorama.Width, (double)r * side / panorama.Height)
                                   let shown = Math.Min(scale * scale * panorama.Width * panorama.Height, (double)panorama.Width * panorama.Height)
                                   orderby shown descending, c * r
                                   select (c, r)).First();
        RgbImage whole = BicubicResize.To(panorama, columns * side, rows * side);
        return Enumerable.Range(0, columns * rows).Select(i => whole.CropAround(i % columns * side, i / columns * side, side, side));
    }
}
