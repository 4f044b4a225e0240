using System.Numerics;

namespace Graft.Synthetic;

/// <summary>The new colours of several pixels, and their shares of the defect (0..1).</summary>
internal readonly record struct Touch(RgbLanes Colour, Vector<double> Mask);

/// <summary>Paints several pixels of a row at (x, y) over their current colours.</summary>
internal delegate Touch Brush(Vector<double> x, Vector<double> y, RgbLanes under);

/// <summary>A draft of a defect: it can be measured and discarded before the surface changes.</summary>
internal sealed class Draft
{
    private const double MaskThreshold = 0.25;
    private const int FewestMaskPixels = 12;
    private readonly Region _region;
    private readonly int _stride;
    private readonly double[][] _planes;

    private Draft(Region region, string tone, string shape)
    {
        (_region, _stride) = (region, region.Width + Row.MostLanes);
        int length = _stride * region.Height;
        _planes = [GC.AllocateUninitializedArray<double>(length), GC.AllocateUninitializedArray<double>(length), GC.AllocateUninitializedArray<double>(length)];
        (Tone, Shape) = (tone, shape);
    }

    /// <summary>Attribute of its appearance: bright, dark, brown...</summary>
    public string Tone { get; }

    /// <summary>Attribute of its shape: thin line, round spot...</summary>
    public string Shape { get; }

    /// <summary>The smallest rectangle around the mask, one pixel wider on each side; null when hardly anything is visible.</summary>
    public Region? Box { get; private set; }

    /// <summary>How much the masked pixels change on average, 0..1.</summary>
    public double Contrast { get; private set; }

    public static Draft Paint(Surface surface, Region region, string tone, string shape, Brush brush)
    {
        Draft draft = new(region, tone, shape);
        draft.Run(surface, brush);
        return draft;
    }

    public void ApplyTo(Surface surface) => surface.Repaint(_region, (x, y, _) =>
    {
        int index = (((int)y[0] - _region.Top) * _stride) + (int)x[0] - _region.Left;
        return new RgbLanes(new(_planes[0], index), new(_planes[1], index), new(_planes[2], index));
    });

    private void Run(Surface surface, Brush brush)
    {
        int left = Surface.Size, top = Surface.Size, right = -1, bottom = -1, count = 0;
        double change = 0;
        Vector<double> end = new(_region.Right);
        for (int y = _region.Top; y < _region.Bottom; y++)
        {
            int row = (y - _region.Top) * _stride;
            for (int x = _region.Left; x < _region.Right; x += Vector<double>.Count)
            {
                Vector<double> columns = Row.From(x);
                RgbLanes under = surface.At((y * Surface.Size) + x);
                Touch touch = brush(columns, new Vector<double>(y), under);
                int index = row + x - _region.Left;
                touch.Colour.Red.CopyTo(_planes[0], index);
                touch.Colour.Green.CopyTo(_planes[1], index);
                touch.Colour.Blue.CopyTo(_planes[2], index);
                Vector<long> masked = Vector.GreaterThanOrEqual(touch.Mask, new Vector<double>(MaskThreshold)) & Vector.LessThan(columns, end);
                if (masked == Vector<long>.Zero)
                {
                    continue;
                }

                Vector<double> difference = Difference(under, touch.Colour);
                (top, bottom) = (Math.Min(top, y), y);
                for (int i = 0; i < Vector<double>.Count; i++)
                {
                    if (masked[i] != 0)
                    {
                        count++;
                        change += difference[i];
                        (left, right) = (Math.Min(left, x + i), Math.Max(right, x + i));
                    }
                }
            }
        }

        if (count >= FewestMaskPixels)
        {
            Box = Region.Spanning(left - 1, top - 1, right + 1, bottom + 1);
            Contrast = change / count;
        }
    }

    private static Vector<double> Difference(RgbLanes a, RgbLanes b)
        => (Vector.Abs(a.Red - b.Red) + Vector.Abs(a.Green - b.Green) + Vector.Abs(a.Blue - b.Blue)) / new Vector<double>(3);
}
