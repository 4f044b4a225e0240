using System.Numerics;

namespace Graft.Synthetic;

/// <summary>The colours of several pixels of a row at (x, y).</summary>
internal delegate RgbLanes Painter(Vector<double> x, Vector<double> y);

/// <summary>The new colours of several pixels of a row at (x, y), given their current colours.</summary>
internal delegate RgbLanes Repainter(Vector<double> x, Vector<double> y, RgbLanes under);

/// <summary>The square image while it is being painted; a plane for each colour.</summary>
internal sealed class Surface
{
    /// <summary>Pixels on each side.</summary>
    public const int Size = 320;

    private double? _luminance;

    public double[] Red { get; } = NewPlane();

    public double[] Green { get; } = NewPlane();

    public double[] Blue { get; } = NewPlane();

    public static Surface Paint(Painter painter)
    {
        Surface surface = new();
        for (int y = 0, i = 0; y < Size; y++)
        {
            for (int x = 0; x < Size; x += Vector<double>.Count, i += Vector<double>.Count)
            {
                surface.Write(i, painter(Row.From(x), new Vector<double>(y)));
            }
        }

        return surface;
    }

    /// <summary>The colours of as many pixels as the processor computes at once; beyond the end of a row, those of the next.</summary>
    public RgbLanes At(int index) => new(new(Red, index), new(Green, index), new(Blue, index));

    public void Repaint(Region region, Repainter painter)
    {
        _luminance = null;
        Vector<double> right = new(region.Right);
        for (int y = region.Top; y < region.Bottom; y++)
        {
            for (int left = region.Left; left < region.Right; left += Vector<double>.Count)
            {
                int index = (y * Size) + left;
                Vector<double> x = Row.From(left);
                RgbLanes under = At(index);
                Write(index, RgbLanes.Select(Vector.LessThan(x, right), painter(x, new Vector<double>(y), under), under));
            }
        }
    }

    public void Clamp(double low, double high)
    {
        _luminance = null;
        foreach (double[] plane in (double[][])[Red, Green, Blue])
        {
            for (int i = 0; i < Size * Size; i += Vector<double>.Count)
            {
                Smooth.Clamp(new Vector<double>(plane, i), low, high).CopyTo(plane, i);
            }
        }
    }

    /// <summary>Mean luminance of the image, 0..1; scratches and fibres choose their tone by it.</summary>
    public double MeanLuminance() => _luminance ??= Measure();

    private static double[] NewPlane() => GC.AllocateUninitializedArray<double>((Size * Size) + Row.MostLanes);

    private void Write(int index, RgbLanes colours)
    {
        colours.Red.CopyTo(Red, index);
        colours.Green.CopyTo(Green, index);
        colours.Blue.CopyTo(Blue, index);
    }

    private double Measure()
    {
        double sum = 0;
        for (int i = 0; i < Size * Size; i++)
        {
            sum += (0.299 * Red[i]) + (0.587 * Green[i]) + (0.114 * Blue[i]);
        }

        return sum / (Size * Size);
    }
}
