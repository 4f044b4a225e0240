using Graft.Torch.Interop;

namespace Graft.Torch.Images;

/// <summary>Sizes, borders, warps and colours; each returns a new image.</summary>
public sealed unsafe partial class Image
{
    /// <summary>Resizes the image.</summary>
    public Image Resize(int width, int height, Interpolation interpolation)
    {
        Native.Check(Native.graft_image_resize(this, height, width, (int)interpolation, out nint result), "resize");
        return new Image(result);
    }

    /// <summary>Adds a border of one colour.</summary>
    public Image WithBorder(int top, int bottom, int left, int right, Colour fill)
    {
        double* colour = stackalloc double[3];
        fill.Write(colour);
        Native.Check(Native.graft_image_border(this, top, bottom, left, right, colour, out nint result), "border");
        return new Image(result);
    }

    /// <summary>Copies a rectangle.</summary>
    public Image Crop(int x, int y, int width, int height)
    {
        Native.Check(Native.graft_image_crop(this, x, y, width, height, out nint result), "crop");
        return new Image(result);
    }

    /// <summary>Copies the image.</summary>
    public Image Copy() => Crop(0, 0, Width, Height);

    /// <summary>Draws another image into this one, clipped.</summary>
    public void Paste(Image source, int x, int y) => Native.Check(Native.graft_image_paste(this, source, x, y), "paste");

    /// <summary>Warps by an affine 3×3 matrix that maps source to target pixels, bilinearly.</summary>
    /// <param name="matrix">Nine values, row by row; the last row is not used.</param>
    /// <param name="width">Target columns.</param>
    /// <param name="height">Target rows.</param>
    /// <param name="fill">Colour outside the source.</param>
    public Image Warp(ReadOnlySpan<double> matrix, int width, int height, Colour fill)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(matrix.Length, 9);
        double* colour = stackalloc double[3];
        fill.Write(colour);
        fixed (double* m = matrix)
        {
            Native.Check(Native.graft_image_warp(this, m, 0, height, width, colour, out nint result), "warp");
            return new Image(result);
        }
    }

    /// <summary>One grey channel.</summary>
    public Image ToGrey() => Convert(1);

    /// <summary>Three equal channels from one.</summary>
    public Image FromGrey() => Convert(2);

    /// <summary>Hue 0..179, saturation and value 0..255 from BGR.</summary>
    public Image ToHsv() => Convert(3);

    /// <summary>BGR from hue, saturation and value.</summary>
    public Image FromHsv() => Convert(4);

    /// <summary>Maps each channel through its own table of 256 values.</summary>
    /// <param name="tables">Channels × 256.</param>
    public Image Lookup(ReadOnlySpan<byte> tables)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(tables.Length, Channels * 256);
        fixed (byte* data = tables)
        {
            Native.Check(Native.graft_image_lookup(this, data, out nint result), "lookup");
            return new Image(result);
        }
    }

    /// <summary>Flips left to right, or top to bottom.</summary>
    public Image Flip(bool horizontal)
    {
        Native.Check(Native.graft_image_flip(this, horizontal ? 1 : 0, out nint result), "flip");
        return new Image(result);
    }

    /// <summary>Mean or median filter over a square.</summary>
    public Image Blur(int kernel, bool median = false)
    {
        Native.Check(Native.graft_image_blur(this, kernel, median ? 1 : 0, out nint result), "blur");
        return new Image(result);
    }

    /// <summary>Contrast-limited adaptive equalisation of the lightness.</summary>
    public Image Equalize(double limit, int grid)
    {
        Native.Check(Native.graft_image_clahe(this, limit, grid, out nint result), "equalize");
        return new Image(result);
    }

    /// <summary>Copies the channels as planes (C×H×W) into memory; optionally swaps the first and third (BGR to RGB).</summary>
    public void CopyPlanes(Span<byte> target, bool swap)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(target.Length, Width * Height * Channels);
        fixed (byte* planes = target)
        {
            Native.Check(Native.graft_image_planes(this, swap ? 1 : 0, planes), "planes");
        }
    }

    private Image Convert(int colour)
    {
        Native.Check(Native.graft_image_convert(this, colour, out nint result), "convert colours");
        return new Image(result);
    }
}
