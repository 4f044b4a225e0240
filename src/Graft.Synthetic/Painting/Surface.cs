namespace Graft.Synthetic;

/// <summary>The colour of one pixel at (x, y).</summary>
internal delegate Rgb Painter(double x, double y);

/// <summary>The new colour of one pixel at (x, y), given its current colour.</summary>
internal delegate Rgb Repainter(double x, double y, Rgb under);

/// <summary>The square image while it is being painted.</summary>
internal sealed class Surface
{
    /// <summary>Pixels on each side.</summary>
    public const int Size = 320;

    private readonly Rgb[] _pixels = new Rgb[Size * Size];

    public Rgb[] Pixels => _pixels;

    public static Surface Paint(Painter painter)
    {
        Surface surface = new();
        for (int y = 0, i = 0; y < Size; y++)
        {
            for (int x = 0; x < Size; x++, i++)
            {
                surface._pixels[i] = painter(x, y);
            }
        }

        return surface;
    }

    public void Repaint(Region region, Repainter painter)
    {
        for (int y = region.Top; y < region.Bottom; y++)
        {
            for (int x = region.Left; x < region.Right; x++)
            {
                ref Rgb pixel = ref _pixels[(y * Size) + x];
                pixel = painter(x, y, pixel);
            }
        }
    }

    public void Clamp(double low, double high)
    {
        foreach (ref Rgb pixel in _pixels.AsSpan())
        {
            pixel = pixel.Clamped(low, high);
        }
    }

    /// <summary>Mean luminance of the image, 0..1; scratches and fibres choose their tone by it.</summary>
    public double MeanLuminance()
    {
        double sum = 0;
        foreach (Rgb pixel in _pixels)
        {
            sum += pixel.Luminance;
        }

        return sum / _pixels.Length;
    }
}
