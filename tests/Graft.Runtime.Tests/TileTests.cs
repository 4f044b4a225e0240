using CsCheck;
using Graft.Runtime.Postprocessing;
using static Graft.Runtime.Tests.Pictures;

namespace Graft.Runtime.Tests;

[SideBySide]
public sealed class TileTests
{
    [Fact]
    public void TilesCoverTheImage_AndOverlapAsAsked()
    {
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 300], Gen.Int[1, 120], Gen.Double[0, 0.9]).Sample((width, height, side, overlap) =>
        {
            List<PixelRegion> tiles = [];
            TileGrid.Fill(new PixelRegion(7, 9, width, height), side, side, overlap, tiles);
            int least = (int)(Math.Min(side, width) * overlap);
            int[] columns = [.. tiles.Select(tile => tile.X).Distinct().Order()], rows = [.. tiles.Select(tile => tile.Y).Distinct().Order()];
            return tiles.Count == columns.Length * rows.Length
                && columns[0] == 7 && rows[0] == 9 && columns[^1] + Math.Min(side, width) == 7 + width && rows[^1] + Math.Min(side, height) == 9 + height
                && columns.Zip(columns.Skip(1)).All(pair => pair.First + Math.Min(side, width) - pair.Second >= least)
                && tiles.All(tile => tile.Width == Math.Min(side, width) && tile.Height == Math.Min(side, height));
        }, iter: 2000);
    }

    [Theory]
    [InlineData(0.2, 100, 70, 20, 10)] // smaller than the overlap
    [InlineData(0.25, 50, 40, 12, 12)] // across four tiles
    [InlineData(0.2, 20, 30, 150, 6)] // longer than two tiles
    [InlineData(0.3, 10, 10, 180, 130)] // larger than any tile
    [InlineData(0.2, 0, 0, 200, 150)] // the whole image
    [InlineData(0.2, 199, 149, 1, 1)] // one pixel
    public void AnObject_IsOneDetection_WhereverItLies(double overlap, int x, int y, int w, int h)
    {
        using OnnxDetector detector = OnnxDetector.Load(ColourModel.Bytes());
        DetectionResult found = detector.Detect(
            Draw(200, 150, (x, y, w, h, Red)), 200, 150, 600, PixelFormat.Rgb8, new DetectOptions { Tiles = new TileOptions { Overlap = overlap } });
        Detection one = Assert.Single(found);
        Assert.Equal(new Box(x, y, x + w, y + h), one.Box);
    }

    [Fact]
    public void AnyObject_IsOneDetection()
    {
        using OnnxDetector detector = OnnxDetector.Load(ColourModel.Bytes(-1, 32, 32));
        Gen.Select(Gen.Int[0, 150], Gen.Int[0, 100], Gen.Int[1, 50], Gen.Int[1, 50]).Sample((x, y, w, h) =>
        {
            DetectionResult found = detector.Detect(
                Draw(200, 150, (x, y, w, h, Green)), 200, 150, 600, PixelFormat.Rgb8, new DetectOptions { Tiles = new TileOptions { Overlap = 0.25 } });
            return found.Count == 1 && found[0].Box == new Box(x, y, x + w, y + h);
        }, iter: 200);
    }

    [Fact]
    public void TwoObjectsInDifferentTiles_StayTwo()
    {
        using OnnxDetector detector = OnnxDetector.Load(ColourModel.Bytes());
        byte[] pixels = Draw(220, 64, (10, 20, 12, 12, Red), (190, 20, 12, 12, Red), (100, 30, 10, 10, Blue));
        DetectionResult found = detector.Detect(pixels, 220, 64, 660, PixelFormat.Rgb8, new DetectOptions { Tiles = new TileOptions() });
        Assert.Equal([new Box(10, 20, 22, 32), new Box(100, 30, 110, 40), new Box(190, 20, 202, 32)], found.Select(one => one.Box).OrderBy(box => box.X1));
    }

    [Fact]
    public void NeighboursInTheOverlap_AreNotMerged_ThroughAThirdTile()
    {
        PixelRegion[] tiles = [new(0, 0, 100, 100), new(60, 0, 100, 100)];
        List<Piece> found =
        [
            new(0, 0.9f, new Box(65, 10, 85, 30), 0), new(0, 0.8f, new Box(70, 10, 90, 30), 0),
            new(0, 0.7f, new Box(67, 10, 87, 30), 1),
        ];
        new TileJoin().Run(found, [.. tiles], new PixelRegion(0, 0, 160, 100), 0.5f, new Thresholds(0, true, 0.7f, 100, 100, true, false));
        Assert.Equal([new Box(65, 10, 85, 30), new Box(70, 10, 90, 30)], found.Select(piece => piece.Box));
    }

    [Fact]
    public void ACutBox_GivesWayToTheWholeOne()
    {
        PixelRegion[] tiles = [new(0, 0, 100, 100), new(60, 0, 100, 100)];
        List<Piece> found = [new(0, 0.95f, new Box(80, 10, 100, 30), 0), new(0, 0.6f, new Box(80, 10, 120, 30), 1)];
        new TileJoin().Run(found, [.. tiles], new PixelRegion(0, 0, 160, 100), 0.5f, new Thresholds(0, true, 0.7f, 100, 100, true, false));
        Piece one = Assert.Single(found);
        Assert.Equal((new Box(80, 10, 120, 30), 0.95f), (one.Box, one.Score));
    }

    [Fact]
    public void ARegion_IsAllThatIsSeen_AndBoxesStayInTheImage()
    {
        using OnnxDetector detector = OnnxDetector.Load(ColourModel.Bytes());
        byte[] pixels = Draw(200, 150, (5, 5, 20, 20, Red), (120, 80, 20, 20, Red), (150, 30, 10, 10, Blue));
        DetectionResult found = detector.Detect(
            pixels, 200, 150, 600, PixelFormat.Rgb8, new DetectOptions { Region = new PixelRegion(100, 50, 64, 64) });
        Assert.Equal(new Box(120, 80, 140, 100), Assert.Single(found).Box);
        Assert.Equal((200, 150), (found.Width, found.Height));

        DetectionResult tiled = detector.Detect(
            pixels, 200, 150, 600, PixelFormat.Rgb8, new DetectOptions { Region = new PixelRegion(90, 20, 110, 130), Tiles = new TileOptions { Width = 64, Height = 64 } });
        Assert.Equal(2, tiled.Count);
        Assert.Contains(new Box(120, 80, 140, 100), tiled.Select(one => one.Box));
    }

    [Fact]
    public void Tiles_WorkInABatch()
    {
        using OnnxDetector detector = OnnxDetector.Load(ColourModel.Bytes(-1));
        ImageBuffer[] images = [.. Enumerable.Range(0, 3).Select(i => new ImageBuffer(Draw(200, 150, (20 * i, 30, 90, 70, Red)), 200, 150, 600, PixelFormat.Rgb8))];
        IReadOnlyList<DetectionResult> found = detector.DetectBatch(images, new DetectOptions { Tiles = new TileOptions { WholeImage = true } });
        Assert.Equal(3, found.Count);
        for (int i = 0; i < 3; i++)
        {
            Box box = Assert.Single(found[i]).Box;
            Assert.True(box.IntersectionOverUnion(new Box(20 * i, 30, (20 * i) + 90, 100)) > 0.9, box.ToString());
        }
    }
}
