using CsCheck;

namespace Graft.Runtime.Tests;

/// <summary>Images that are read once, and turned images.</summary>
[SideBySide]
public sealed class ImageBufferTests
{
    // What turns an orientation back: a quarter turn is undone by the other one, all else by itself.
    private static readonly int[] Inverse = [0, 1, 2, 3, 4, 5, 8, 7, 6];

    [Theory]
    [InlineData(1, "abcdef")]
    [InlineData(2, "badcfe")]
    [InlineData(3, "fedcba")]
    [InlineData(6, "ecafdb")]
    [InlineData(8, "bdface")]
    public void AnImageIsTurned_AsItsOrientationSays(int orientation, string expected)
    {
        // Two columns, three rows: ab, cd, ef; the stride leaves a byte between rows.
        ImageBuffer image = new("ab.cd.ef"u8.ToArray(), 2, 3, 3, PixelFormat.Mono8);
        ImageBuffer turned = image.Turned(orientation);
        string found = System.Text.Encoding.ASCII.GetString(turned.Pixels.Span);
        Assert.Equal(expected, found);
        Assert.Equal(orientation >= 5 ? (3, 2) : (2, 3), (turned.Width, turned.Height));
    }

    [Fact]
    public void TurningBack_GivesTheImage_InEveryFormat()
        => Gen.Select(Gen.Int[1, 9], Gen.Int[1, 9], Gen.Int[1, 8], Gen.Enum<PixelFormat>()).Sample((width, height, orientation, format) =>
        {
            int size = Pictures.Bytes(format);
            byte[] pixels = new byte[width * height * size];
            new Random(width + (10 * height)).NextBytes(pixels);
            ImageBuffer back = new ImageBuffer(pixels, width, height, width * size, format).Turned(orientation).Turned(Inverse[orientation]);
            return back.Pixels.Span.SequenceEqual(pixels) && back.Width == width && back.Height == height;
        });

    [Fact]
    public void AFileThatIsReadOnce_GivesTheBoxesOfTheFile()
    {
        using TemporaryFolder folder = new();
        string path = folder.At("image.png");
        DetectionDrawing.Save(new ImageBuffer(Pictures.Draw(64, 64, (10, 20, 8, 12, Pictures.Red)), 64, 64, 192, PixelFormat.Rgb8), [], path);
        using OnnxDetector detector = OnnxDetector.Load(ColourModel.Bytes());
        ImageBuffer image = ImageBuffer.Load(path);
        Detection expected = Assert.Single(detector.Detect(path));
        Assert.Equal(expected, Assert.Single(detector.Detect(image.Pixels.Span, image.Width, image.Height, image.Stride, image.Format)));
        Assert.Equal(FailureKind.Usage, Assert.Throws<OnnxDetectorException>(() => image.Turned(9)).Kind);
        Assert.Equal(FailureKind.Data, Assert.Throws<OnnxDetectorException>(() => ImageBuffer.Load(folder.At("absent.png"))).Kind);
        string tiff = folder.Write("image.tif", "II*\0 and more");
        Assert.Contains("TIFF", Assert.Throws<OnnxDetectorException>(() => ImageBuffer.Load(tiff)).Message, StringComparison.Ordinal);
    }
}
