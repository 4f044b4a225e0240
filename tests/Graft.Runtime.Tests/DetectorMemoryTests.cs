using static Graft.Runtime.Tests.Pictures;

namespace Graft.Runtime.Tests;

[Alone]
public sealed class DetectorMemoryTests
{
    private const int Images = 8000, Rounds = 4;

    [Fact]
    public void ManyImages_KeepMemoryFlat()
    {
        using OnnxDetector detector = OnnxDetector.Load(ColourModel.Bytes(height: 32, width: 32));
        byte[] pixels = Draw(32, 32, (10, 20, 8, 8, Red));
        Run(detector, pixels);

        // A leak grows in every round; what the test host keeps does not.
        long heapGrowth = long.MaxValue, growth = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long heap = GC.GetTotalMemory(true), resident = Environment.WorkingSet;
            Run(detector, pixels);
            heapGrowth = Math.Min(heapGrowth, GC.GetTotalMemory(true) - heap);
            growth = Math.Min(growth, Environment.WorkingSet - resident);
        }

        // The smallest object has 24 bytes, the input 12 kB. Freed memory of the heap stays with the process for a while: 200 bytes per result.
        Assert.True(heapGrowth < Images * 12L, $"the managed heap grew by {heapGrowth} bytes in every round");
        Assert.True(growth < Images * 1024L, $"the process grew by {growth} bytes in every round: {growth / Images} per image");
    }

    private static void Run(OnnxDetector detector, byte[] pixels)
    {
        for (int i = 0; i < Images; i++)
        {
            detector.Detect(pixels, 32, 32, 96, PixelFormat.Rgb8);
        }
    }
}
