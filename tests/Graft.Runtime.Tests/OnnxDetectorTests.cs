using static Graft.Runtime.Tests.Pictures;

namespace Graft.Runtime.Tests;

[SideBySide]
public sealed class OnnxDetectorTests
{
    [Theory]
    [InlineData(PixelFormat.Rgb8, 3)]
    [InlineData(PixelFormat.Bgr8, 0)]
    [InlineData(PixelFormat.Rgba8, 5)]
    [InlineData(PixelFormat.Bgra8, 0)]
    public void AColouredRectangle_IsFound_InEveryPixelFormat(PixelFormat format, int slack)
    {
        using OnnxDetector detector = OnnxDetector.Load(ColourModel.Bytes());
        int stride = (64 * Bytes(format)) + slack;
        DetectionResult found = detector.Detect(Draw(64, 48, format, stride, (10, 20, 8, 12, Red), (40, 5, 20, 30, Blue)), 64, 48, stride, format);
        Assert.Equal(["red", "blue"], found.Select(one => one.Name));
        Assert.Equal(new Box(10, 20, 18, 32), found[0].Box);
        Assert.Equal(new Box(40, 5, 60, 35), found[1].Box);
        Assert.Equal(1, found[0].Score);
        Assert.Equal((64, 48), (found.Width, found.Height));
        Assert.Equal("red 1.00 at (10, 20), 8 × 12 px", found[0].ToString());
    }

    [Theory]
    [InlineData(PixelFormat.Mono8)]
    [InlineData(PixelFormat.Mono16)]
    public void AGrayRectangle_IsFoundInAllChannels(PixelFormat format)
    {
        using OnnxDetector detector = OnnxDetector.Load(ColourModel.Bytes());
        int stride = 64 * Bytes(format);
        DetectionResult found = detector.Detect(Draw(64, 64, format, stride, (10, 20, 8, 12, White)), 64, 64, stride, format);
        Assert.Equal(3, found.Count);
        Assert.All(found, one => Assert.Equal(new Box(10, 20, 18, 32), one.Box));
    }

    [Fact]
    public void ARange_MapsSixteenBits()
    {
        using OnnxDetector detector = OnnxDetector.Load(ColourModel.Bytes());
        byte[] pixels = Draw(64, 64, PixelFormat.Mono16, 128, (10, 20, 8, 12, (16, 16, 16)));
        Assert.Empty(detector.Detect(pixels, 64, 64, 128, PixelFormat.Mono16));
        DetectionResult found = detector.Detect(pixels, 64, 64, 128, PixelFormat.Mono16, new DetectOptions { High = 4095 });
        Assert.Equal([1f, 1f, 1f], found.Select(one => one.Score));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void BoxesAreMappedBack_ToALargerImage_AndClipped(bool isEndToEnd)
    {
        using OnnxDetector detector = OnnxDetector.Load(ColourModel.Bytes(isEndToEnd: isEndToEnd));
        Assert.Equal(isEndToEnd, detector.Model.IsEndToEnd);
        DetectionResult found = detector.Detect(Draw(256, 128, (64, 32, 32, 64, Green), (192, 0, 64, 128, Red)), 256, 128, 3 * 256, PixelFormat.Rgb8);
        Assert.Equal(["red", "green"], found.Select(one => one.Name));
        Assert.Equal(new Box(192, 0, 256, 128), found[0].Box);
        Assert.Equal(new Box(64, 32, 96, 96), found[1].Box);
    }

    [Fact]
    public void AFile_GivesWhatItsPixelsGive()
    {
        using TemporaryFolder folder = new();
        byte[] pixels = Draw(100, 80, PixelFormat.Bgra8, 400, (10, 20, 30, 40, Red));
        for (int i = 3; i < pixels.Length; i += 4)
        {
            pixels[i] = 255;
        }

        string path = folder.At("image.png");
        using (SkiaSharp.SKBitmap bitmap = new(100, 80, SkiaSharp.SKColorType.Bgra8888, SkiaSharp.SKAlphaType.Opaque))
        {
            pixels.CopyTo(bitmap.GetPixelSpan());
            using FileStream stream = File.Create(path);
            bitmap.Encode(stream, SkiaSharp.SKEncodedImageFormat.Png, 100);
        }

        using OnnxDetector detector = OnnxDetector.Load(ColourModel.Bytes());
        DetectionResult fromFile = detector.Detect(path), fromPixels = detector.Detect(pixels, 100, 80, 400, PixelFormat.Bgra8);
        Assert.Single(fromFile);
        Assert.Equal(fromPixels.AsSpan().ToArray(), fromFile.AsSpan().ToArray());
        Assert.Equal(fromFile.AsSpan().ToArray(), detector.DetectEncoded(File.ReadAllBytes(path)).AsSpan().ToArray());
        Assert.True(fromFile.Timings.Decode > TimeSpan.Zero && fromFile.Timings.Inference > TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, fromPixels.Timings.Decode);
    }
}
