using static Graft.Runtime.Tests.Pictures;

namespace Graft.Runtime.Tests;

[Alone]
public sealed class MemoryTests
{
    [Fact]
    public void TwentyThousandImages_KeepMemoryFlat()
    {
        using OnnxDetector detector = OnnxDetector.Load(ColourModel.Bytes(height: 32, width: 32));
        byte[] pixels = Draw(32, 32, (10, 20, 8, 8, Red));
        for (int i = 0; i < 2000; i++)
        {
            detector.Detect(pixels, 32, 32, 96, PixelFormat.Rgb8);
        }

        GC.Collect();
        long heap = GC.GetTotalMemory(true), resident = Environment.WorkingSet;
        for (int i = 0; i < 20000; i++)
        {
            detector.Detect(pixels, 32, 32, 96, PixelFormat.Rgb8);
        }

        long heapGrowth = GC.GetTotalMemory(true) - heap, growth = Environment.WorkingSet - resident;

        // One byte lost per image of either kind would be 20 kB on the heap; native leaks come in blocks of 16 bytes and more.
        Assert.True(heapGrowth < 16 * 1024, $"the managed heap grew by {heapGrowth} bytes");
        Assert.True(growth < 20000L * 1024, $"the process grew by {growth} bytes: {growth / 20000} per image");
    }
}
