namespace Graft.Synthetic;

/// <summary>The new colour of one pixel, and its share of the defect (0..1).</summary>
internal readonly record struct Touch(Rgb Colour, double Mask);

/// <summary>Paints one pixel at (x, y) over its current colour.</summary>
internal delegate Touch Brush(double x, double y, Rgb under);

/// <summary>A draft of a defect: it can be measured and discarded before the surface changes.</summary>
internal sealed class Draft
{
    private const double MaskThreshold = 0.25;
    private const int FewestMaskPixels = 12;
    private readonly Region _region;
    private readonly Rgb[] _colours;

    private Draft(Region region, string tone, string shape)
    {
        _region = region;
        _colours = new Rgb[region.Area];
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

    public void ApplyTo(Surface surface)
    {
        int i = 0;
        surface.Repaint(_region, (_, _, _) => _colours[i++]);
    }

    private void Run(Surface surface, Brush brush)
    {
        int left = Surface.Size, top = Surface.Size, right = -1, bottom = -1, count = 0, i = 0;
        double change = 0;
        for (int y = _region.Top; y < _region.Bottom; y++)
        {
            for (int x = _region.Left; x < _region.Right; x++)
            {
                Rgb under = surface.Pixels[(y * Surface.Size) + x];
                Touch touch = brush(x, y, under);
                _colours[i++] = touch.Colour;
                if (touch.Mask < MaskThreshold)
                {
                    continue;
                }

                count++;
                change += Difference(under, touch.Colour);
                (left, right) = (Math.Min(left, x), Math.Max(right, x));
                (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y));
            }
        }

        if (count >= FewestMaskPixels)
        {
            Box = Region.Spanning(left - 1, top - 1, right + 1, bottom + 1);
            Contrast = change / count;
        }
    }

    private static double Difference(Rgb a, Rgb b)
        => (Math.Abs(a.Red - b.Red) + Math.Abs(a.Green - b.Green) + Math.Abs(a.Blue - b.Blue)) / 3;
}
