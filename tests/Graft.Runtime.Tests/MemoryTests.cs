using static Graft.Runtime.Tests.Pictures;

namespace Graft.Runtime.Tests;

[Alone]
public sealed class MemoryTests
{
    private const int Images = 20000;

    [Fact]
    public void TwentyThousandImages_KeepMemoryFlat()
    {
        using OnnxDetector detector = OnnxDetector.Load(ColourModel.Bytes(height: 32, width: 32));
        byte[] pixels = Draw(32, 32, (10, 20, 8, 8, Red));
        Run(detector, pixels);
        GC.Collect();
        long heap = GC.GetTotalMemory(true), resident = Environment.WorkingSet;
        Run(detector, pixels);
        long heapGrowth = GC.GetTotalMemory(true) - heap, growth = Environment.WorkingSet - resident;

        // One byte lost per image would be 20 kB on the heap; native leaks come in blocks of 16 bytes and more.
        Assert.True(heapGrowth < Images, $"the managed heap grew by {heapGrowth} bytes");
        Assert.True(growth < Images * 512L, $"the process grew by {growth} bytes: {growth / Images} per image");
    }

    private static void Run(OnnxDetector detector, byte[] pixels)
    {
        for (int i = 0; i < Images; i++)
        {
            detector.Detect(pixels, 32, 32, 96, PixelFormat.Rgb8);
        }
    }
}
