using static Graft.Runtime.Tests.Pictures;

namespace Graft.Runtime.Tests;

/// <summary>One session serves batches, threads and long runs.</summary>
public sealed class BatchAndThreadTests
{
    [Theory]
    [InlineData(-1, 64)]
    [InlineData(-1, -1)]
    [InlineData(1, 64)]
    [InlineData(3, 64)]
    public void ABatch_GivesWhatSingleImagesGive(int batch, int side)
    {
        using OnnxDetector detector = OnnxDetector.Load(ColourModel.Bytes(batch, side, side), new OnnxDetectorOptions { MaxBatch = 4 });
        ImageBuffer[] images = [.. Enumerable.Range(0, 11).Select(Image)];
        IReadOnlyList<DetectionResult> together = detector.DetectBatch(images);
        Assert.Equal(images.Length, together.Count);
        for (int i = 0; i < images.Length; i++)
        {
            DetectionResult alone = Detect(detector, images[i]);
            Assert.NotEmpty(alone);
            Assert.Equal(alone.AsSpan().ToArray(), together[i].AsSpan().ToArray());
            Assert.Equal((images[i].Width, images[i].Height), (together[i].Width, together[i].Height));
        }
    }

    [Fact]
    public void ABatch_OfInputsOfSeveralSizes_RunsWhatFitsTogether()
    {
        byte[] model = ColourModel.Bytes(-1, -1, -1, change: metadata => metadata["x-graft-preprocess"] =
            """{"fit_first":false,"scale_up":true,"multiple":16,"padding":114,"channels":"rgb","range":1.0}""");
        using OnnxDetector detector = OnnxDetector.Load(model);
        Assert.True(detector.Model.IsSizeDynamic);
        ImageBuffer[] images = [.. new[] { (64, 32), (64, 32), (32, 64), (64, 64), (64, 32), (128, 40) }
            .Select(size => new ImageBuffer(Draw(size.Item1, size.Item2, (8, 4, 10, 12, Green)), size.Item1, size.Item2, 3 * size.Item1, PixelFormat.Rgb8))];
        IReadOnlyList<DetectionResult> together = detector.DetectBatch(images);
        for (int i = 0; i < images.Length; i++)
        {
            Assert.Equal(Detect(detector, images[i]).AsSpan().ToArray(), together[i].AsSpan().ToArray());
            Assert.Equal("green", Assert.Single(together[i]).Name);
        }

        Assert.Equal(new Box(8, 4, 18, 16), together[0][0].Box);
    }

    [Fact]
    public void AnEmptyBatch_GivesNothing()
    {
        using OnnxDetector detector = OnnxDetector.Load(ColourModel.Bytes());
        Assert.Empty(detector.DetectBatch(Array.Empty<ImageBuffer>()));
        Assert.Empty(detector.DetectBatch(Array.Empty<string>()));
    }

    [Fact]
    public void SixteenThreads_GetWhatOneGets()
    {
        using OnnxDetector detector = OnnxDetector.Load(ColourModel.Bytes());
        ImageBuffer[] images = [.. Enumerable.Range(0, 16).Select(Image)];
        Detection[][] expected = [.. images.Select(image => Detect(detector, image).AsSpan().ToArray())];
        Assert.True(expected.Distinct().Count() > 8);
        int wrong = 0;
        Thread[] threads = [.. Enumerable.Range(0, 16).Select(number => new Thread(() =>
        {
            for (int i = 0; i < 50; i++)
            {
                int image = (number + i) % images.Length;
                Interlocked.Add(ref wrong, Detect(detector, images[image]).AsSpan().SequenceEqual(expected[image]) ? 0 : 1);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(0, wrong);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void ACall_AllocatesItsResultOnly(bool isEndToEnd, bool hasTiles)
    {
        using OnnxDetector detector = OnnxDetector.Load(ColourModel.Bytes(isEndToEnd: isEndToEnd));
        byte[] pixels = Draw(200, 150, (10, 20, 30, 40, Red), (100, 5, 20, 30, Blue));
        DetectOptions? options = hasTiles ? new DetectOptions { Tiles = new TileOptions() } : null;
        Warm(detector, pixels, options);
        long before = GC.GetAllocatedBytesForCurrentThread();
        DetectionResult result = detector.Detect(pixels, 200, 150, 600, PixelFormat.Rgb8, options);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        long ofResult = Measure(result);
        Assert.True(allocated <= ofResult, $"{allocated} bytes were allocated; the result has {ofResult}");
    }

    private static void Warm(OnnxDetector detector, byte[] pixels, DetectOptions? options)
    {
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(2, detector.Detect(pixels, 200, 150, 600, PixelFormat.Rgb8, options).Count);
        }
    }

    /// <summary>Bytes of an object and an array like those of a result.</summary>
    private static long Measure(DetectionResult result)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Detection[] copy = result.AsSpan().ToArray();
        GC.KeepAlive(new DetectionResult(copy, result.Width, result.Height, result.Timings));
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static ImageBuffer Image(int index)
        => new(Draw(64, 48, (index, 3 + index, 10 + index, 12, Red), (30, index, 20, 9 + index, Blue)), 64, 48, 3 * 64, PixelFormat.Rgb8);

    private static DetectionResult Detect(OnnxDetector detector, ImageBuffer image)
        => detector.Detect(image.Pixels.Span, image.Width, image.Height, image.Stride, image.Format);
}
