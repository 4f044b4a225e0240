using System.Diagnostics;
using Graft.Runtime.Preprocessing;
using Graft.Torch.Images;

namespace Graft.Bench;

/// <summary>Time of the step from a camera's buffer to the network's input, beside native OpenCV's, and what it allocates.</summary>
internal static class PreprocessEntry
{
    private static readonly (int Width, int Height)[] Sizes = [(1280, 1024), (1920, 1080), (2448, 2048), (3840, 2160)];

    private static readonly Runtime.PixelFormat[] Formats =
        [Runtime.PixelFormat.Mono8, Runtime.PixelFormat.Mono16, Runtime.PixelFormat.Bgr8, Runtime.PixelFormat.Bgra8];

    internal static int Run(Settings settings)
    {
        int images = settings.Integer("images", 50), side = settings.Integer("size", 640);
        settings.Finish();
        long allocated = 0;
        Console.WriteLine("image                  letterbox     Graft.Runtime   OpenCV (its resize alone)   bytes allocated per image");
        foreach ((int width, int height) in Sizes)
        {
            foreach (Runtime.PixelFormat format in Formats)
            {
                foreach (bool fitFirst in (bool[])[true, false])
                {
                    allocated += Measure(width, height, format, new LetterboxOptions(FitFirst: fitFirst, ScaleUp: !fitFirst), side, images);
                }
            }
        }

        return allocated == 0 ? 0 : 1;
    }

    private static long Measure(int width, int height, Runtime.PixelFormat format, LetterboxOptions options, int side, int images)
    {
        int bytes = format == Runtime.PixelFormat.Mono16 ? 2 : RowSource.StepOf(format), channels = RowSource.ChannelsOf(format);
        byte[] pixels = new byte[width * height * bytes];
        new Random(1).NextBytes(pixels);
        Letterbox letterbox = new(options, side, side);
        PreprocessingBuffers buffers = new();
        FitPlan plan = letterbox.Plan(width, height);
        float[] planes = new float[plan.Length];
        double best = double.PositiveInfinity, native = double.PositiveInfinity;
        long before = 0;
        for (int i = 0; i < images; i++)
        {
            // The first image grows the buffers.
            before = i == 1 ? GC.GetAllocatedBytesForCurrentThread() : before;
            long start = Stopwatch.GetTimestamp();
            letterbox.Write(new PixelView(pixels, width, height, width * bytes, format), plan, planes, buffers);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        long allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / Math.Max(1, images - 1);
        using Image image = new(width, height, Colour.Grey(7), channels);
        for (int i = 0; i < images; i++)
        {
            long start = Stopwatch.GetTimestamp();
            using Image resized = image.Resize(plan.InnerWidth, plan.InnerHeight, options.FitFirst ? Interpolation.Area : Interpolation.Linear);
            native = Math.Min(native, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        Console.WriteLine(
            $"{width} x {height} {format,-8} {(options.FitFirst ? "area" : "bilinear"),-12} {best,10:f2} ms {native,12:f2} ms {allocated,22}");
        return allocated;
    }
}
