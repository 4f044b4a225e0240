using System.Diagnostics;
using Graft.Detectors;
using Graft.Drawing;
using Graft.Torch.Images;

namespace Graft.Tests.Drawing;

public class DrawingMemoryTests
{
    private const int Drawings = 10_000;
    private const long Allowed = 8 << 20;

    [Fact]
    public void TenThousandDrawings_KeepNothing()
    {
        using Image image = new(160, 60, Colour.Grey(128));
        Canvas canvas = new(image);
        Draw(Drawings / 10);

        // A leak grows every time; other tests and the collector change the number once or twice.
        long least = long.MaxValue;
        for (int round = 0; round < 4 && least > Allowed; round++)
        {
            long before = Resident();
            Draw(Drawings);
            least = Math.Min(least, Resident() - before);
        }

        Assert.InRange(least, long.MinValue, Allowed);

        void Draw(int times)
        {
            for (int i = 0; i < times; i++)
            {
                canvas.Boxes([new DrawnBox(new Box(20, 25, 60, 50), i % 3, 0.5)], ["scratch", "Öltropfen", "划痕"]);
            }
        }
    }

    private static long Resident()
    {
        GC.Collect();
        using Process process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
