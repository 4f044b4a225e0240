using System.Text.Json;
using Graft.VisionLanguage;

namespace Graft.Tests.VisionLanguage;

public sealed class PanoramaViewsTests
{
    private static string Views => Shared.PathOf("golden", "panovlm", "panorama_views", "views.npz");

    [SharedFact]
    public void GoldenViews_HaveTheSameCoordinatesAndValues()
    {
        RgbImage panorama = GoldenPanorama();
        int compared = 0;
        foreach (JsonElement view in Expected().GetProperty("views").EnumerateArray())
        {
            string key = view.GetProperty("key").GetString()!;
            PerspectiveView perspective = new(Number(view, "yaw_deg"), Number(view, "pitch_deg"), Number(view, "fov_deg"),
                (int)Number(view, "width"), (int)Number(view, "height"));
            (double[] coordinates, _) = Npz.Read(Views, key + "_coords");
            (double[] values, int[] shape) = Npz.Read(Views, key);
            double[] sampled = perspective.Sample(panorama);
            int pixels = shape[0] * shape[1];
            for (int pixel = 0; pixel < pixels; pixel++)
            {
                (double column, double row) = perspective.Source(pixel % shape[1], pixel / shape[1], panorama.Width, panorama.Height);
                double across = Math.Abs(column - coordinates[pixel]);
                Assert.True(Math.Min(across, panorama.Width - across) < 1e-6, $"{key}, pixel {pixel}: column {column}");
                Assert.Equal(coordinates[pixels + pixel], row, 1e-6);
                for (int channel = 0; channel < 3; channel++)
                {
                    Assert.Equal(values[3 * pixel + channel], sampled[3 * pixel + channel], 1e-4);
                }

                compared++;
            }
        }

        Assert.Equal(3 * 400 + 16 * 24 + 400 + 2 * 441, compared);
    }

    [SharedFact]
    public void GoldenRings_HaveTheSameDirections()
    {
        foreach (JsonElement ring in Expected().GetProperty("e2p_strategy").EnumerateArray())
        {
            PanoramaOptions options = new PanoramaOptions { FovDegrees = Number(ring, "fov_deg"), Overlap = Number(ring, "overlap") };
            Assert.Equal(Numbers(ring, "yaws"), PanoramaViews.E2pYaws(options));
            Assert.Equal((int)Number(ring, "num_views"), PanoramaViews.E2pYaws(options).Count);
        }

        foreach (JsonElement ring in Expected().GetProperty("anyres_e2p_strategy").EnumerateArray())
        {
            PanoramaOptions options = new PanoramaOptions { FovDegrees = Number(ring, "fov_deg"), Overlap = Number(ring, "overlap") };
            IReadOnlyList<PerspectiveView> tiles = PanoramaViews.Tiles(options);
            Assert.Equal(Numbers(ring, "yaw_centres"), tiles.Select(t => t.YawDegrees).Distinct());
            Assert.Equal(Numbers(ring, "pitch_centres"), tiles.Select(t => t.PitchDegrees).Distinct());
            Assert.Equal(Numbers(ring, "yaw_centres").Length * Numbers(ring, "pitch_centres").Length, tiles.Count);
        }
    }

    [Theory]
    [InlineData(CropStrategy.E2p, 8)]
    [InlineData(CropStrategy.AnyresE2p, 9)]
    [InlineData(CropStrategy.SlidingWindow, 8)]
    [InlineData(CropStrategy.Cubemap, 4)]
    [InlineData(CropStrategy.Resize, 1)]
    [InlineData(CropStrategy.Anyres, 3)]
    [InlineData(CropStrategy.AnyresMax, 9)]
    public void EveryStrategy_GivesSquareViewsInItsNumber(CropStrategy strategy, int count)
    {
        PanoramaOptions options = new PanoramaOptions { Strategy = strategy, TileSide = 24, GlobalSide = 20 };
        IReadOnlyList<RgbImage> views = PanoramaViews.Cut(Ramp(128, 64), 16, options);
        Assert.Equal(count, views.Count);
        Assert.All(views, view => Assert.Equal((16, 16, 768), (view.Width, view.Height, view.Pixels.Length)));
    }

    [Fact]
    public void Seam_IsAsSmoothAsTheRest()
    {
        // A panorama whose brightness is a cosine of the longitude has no step at ±180°, so no view of it may have one.
        RgbImage panorama = new(256, 128);
        for (int i = 0; i < panorama.Pixels.Length; i++)
        {
            panorama.Pixels[i] = (byte)Math.Round(127.5 + 120 * Math.Cos(2 * Math.PI * (i / 3 % 256 + 0.5) / 256));
        }

        double[] view = new PerspectiveView(180, 0, 90, 65, 65).Sample(panorama);
        for (int y = 0; y < 65; y++)
        {
            for (int x = 1; x < 65; x++)
            {
                Assert.True(Math.Abs(view[3 * (y * 65 + x)] - view[3 * (y * 65 + x - 1)]) < 4);
            }
        }
    }

    [Fact]
    public void GlobalView_IsTheWholePanoramaBetweenBlackBars()
    {
        RgbImage white = new(64, 32, [.. Enumerable.Repeat((byte)255, 64 * 32 * 3)]);
        RgbImage global = PanoramaViews.Cut(white, 32, new PanoramaOptions { TileSide = 8, GlobalSide = 32 })[0];
        Assert.All(Enumerable.Range(0, 32), y => Assert.Equal(y is >= 8 and < 24 ? 255 : 0, global.Pixels[3 * (y * 32 + 5)]));
    }

    [Fact]
    public void Strips_ContinueAtTheOtherBorder()
    {
        RgbImage ramp = Ramp(64, 32);
        RgbImage strip = ramp.CropAround(60, 0, 8, 1);
        Assert.Equal([60, 61, 62, 63, 0, 1, 2, 3], Enumerable.Range(0, 8).Select(x => (int)strip.Pixels[3 * x]));
    }

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(180, 0.5)]
    [InlineData(90, 1)]
    [InlineData(90, -0.1)]
    [InlineData(double.NaN, 0.5)]
    public void ImpossibleAngles_AreRefused(double fov, double overlap)
        => Assert.Throws<GraftException>(() => PanoramaViews.E2pYaws(new PanoramaOptions { FovDegrees = fov, Overlap = overlap }));

    [Fact]
    public void BicubicResize_KeepsFlatAreasAndInterpolatesByTheCubicKernel()
    {
        RgbImage flat = new(5, 4, [.. Enumerable.Repeat((byte)77, 60)]);
        Assert.All(BicubicResize.To(flat, 13, 9).Pixels, value => Assert.Equal(77, value));
        Assert.All(BicubicResize.To(flat, 2, 2).Pixels, value => Assert.Equal(77, value));

        // Doubling 0 0 200 200: at source position 1.25 the kernel weighs the four neighbours by k(1.25), k(0.25), k(0.75), k(1.75).
        RgbImage edge = new(4, 1, [0, 0, 0, 0, 0, 0, 200, 200, 200, 200, 200, 200]);
        double[] weights = [.. new[] { 1.25, 0.25, 0.75, 1.75 }.Select(Kernel)];
        Assert.Equal((byte)Math.Round(200 * (weights[2] + weights[3])), BicubicResize.To(edge, 8, 1).Pixels[3 * 3]);

        static double Kernel(double x) => x < 1 ? 1.5 * x * x * x - 2.5 * x * x + 1 : -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2;
    }

    private static RgbImage Ramp(int width, int height)
        => new(width, height, [.. Enumerable.Range(0, 3 * width * height).Select(i => (byte)(i / 3 % width))]);

    private static RgbImage GoldenPanorama()
    {
        (byte[] pixels, _, int[] shape) = Npz.Raw(Views, "panorama");
        return new RgbImage(shape[1], shape[0], pixels);
    }

    private static JsonElement Expected()
        => JsonDocument.Parse(File.ReadAllText(Path.Combine(Path.GetDirectoryName(Views)!, "expected.json"))).RootElement;

    private static double Number(JsonElement owner, string name) => owner.GetProperty(name).GetDouble();

    private static double[] Numbers(JsonElement owner, string name) => [.. owner.GetProperty(name).EnumerateArray().Select(n => n.GetDouble())];
}
