using Graft.Runtime.Drawing;
using SkiaSharp;
using static Graft.Runtime.Tests.Pictures;

namespace Graft.Runtime.Tests;

[SideBySide]
public sealed class DetectionDrawingTests
{
    private static readonly Detection[] Detections = [new(0, "scratch", 0.87f, new Box(40, 60, 120, 100)), new(1, "dent", 0.5f, new Box(0, 0, 30, 20))];

    [Theory]
    [InlineData("drawn.png")]
    [InlineData("drawn.JPG")]
    [InlineData("drawn.webp")]
    public void BoxesAndNames_AreDrawn_OnACopy(string name)
    {
        using TemporaryFolder folder = new();
        string source = folder.At("source.png"), target = folder.At(name);
        ImageBuffer image = new(Draw(200, 150, (100, 120, 20, 20, Blue)), 200, 150, 600, PixelFormat.Rgb8);
        DetectionDrawing.Save(image, [], source);
        byte[] before = File.ReadAllBytes(source);
        DetectionDrawing.Save(source, Detections, target, new DrawingOptions { LineWidth = 2 });
        Assert.Equal(before, File.ReadAllBytes(source));
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
        using SKBitmap drawn = SKBitmap.Decode(target);
        Assert.Equal((200, 150), (drawn.Width, drawn.Height));
        Assert.True(IsNear(drawn.GetPixel(80, 60), Palette.Of(0)), $"the box's upper edge is {drawn.GetPixel(80, 60)}");
        Assert.True(IsNear(drawn.GetPixel(110, 130), SKColors.Blue), $"the image is {drawn.GetPixel(110, 130)}");
        Assert.True(IsNear(drawn.GetPixel(80, 80), SKColors.Black), $"inside the box the image is {drawn.GetPixel(80, 80)}");
        int letters = Enumerable.Range(40, 100).Sum(x => Enumerable.Range(30, 28).Count(y => drawn.GetPixel(x, y) is { Red: > 200, Green: > 200, Blue: > 200 }));
        Assert.InRange(letters, 200, 1400);
    }

    [Theory]
    [InlineData(PixelFormat.Mono8)]
    [InlineData(PixelFormat.Mono16)]
    [InlineData(PixelFormat.Bgr8)]
    [InlineData(PixelFormat.Rgba8)]
    public void EveryPixelFormat_KeepsItsColours(PixelFormat format)
    {
        using TemporaryFolder folder = new();
        string target = folder.At("drawn.png");
        (byte, byte, byte) colour = Bytes(format) < 3 ? ((byte)200, (byte)200, (byte)200) : ((byte)200, (byte)100, (byte)50);
        DetectionDrawing.Save(new ImageBuffer(Draw(20, 10, format, 20 * Bytes(format), (5, 5, 3, 3, colour)), 20, 10, 20 * Bytes(format), format), [], target);
        using SKBitmap drawn = SKBitmap.Decode(target);
        SKColor pixel = drawn.GetPixel(6, 6);
        Assert.Equal(colour, (pixel.Red, pixel.Green, pixel.Blue));
        Assert.Equal(SKColors.Black, drawn.GetPixel(0, 0));
    }

    [Fact]
    public void EveryAsciiLetter_HasItsOwnShape()
    {
        HashSet<string> shapes = [];
        for (char letter = ' '; letter <= '~'; letter++)
        {
            using SKBitmap bitmap = new(PixelFont.Advance, PixelFont.Height, SKColorType.Gray8, SKAlphaType.Opaque);
            using SKCanvas canvas = new(bitmap);
            using SKPaint paint = new() { Color = SKColors.White };
            canvas.Clear(SKColors.Black);
            PixelFont.Draw(canvas, letter.ToString(), 0, 0, 1, paint);
            Assert.True(shapes.Add(Convert.ToHexString(bitmap.GetPixelSpan())), $"'{letter}' looks like another letter");
        }

        Assert.Equal(2 * 2 * PixelFont.Advance, PixelFont.Measure("ab", 2));
    }

    [Fact]
    public void AFaultyTarget_IsNamed_AndNothingIsLeft()
    {
        using TemporaryFolder folder = new();
        ImageBuffer image = new(new byte[12], 2, 2, 6, PixelFormat.Rgb8);
        Assert.Contains(".gif", Fails(folder.At("drawn.gif")).Message, StringComparison.Ordinal);
        Assert.Contains("absent", Fails(folder.At("absent", "drawn.png")).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(folder.At("folder.png"));
        Assert.Contains("folder.png cannot be written", Fails(folder.At("folder.png")).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));

        OnnxDetectorException Fails(string target)
        {
            OnnxDetectorException error = Assert.Throws<OnnxDetectorException>(() => DetectionDrawing.Save(image, Detections, target));
            Assert.Equal(FailureKind.Usage, error.Kind);
            return error;
        }
    }

    private static bool IsNear(SKColor found, SKColor expected)
        => Math.Abs(found.Red - expected.Red) < 60 && Math.Abs(found.Green - expected.Green) < 60 && Math.Abs(found.Blue - expected.Blue) < 60;
}
