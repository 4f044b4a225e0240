using Graft.Torch.Images;
using SkiaSharp;

namespace Graft.Drawing;

/// <summary>Copies SkiaSharp drawings into an image; SkiaSharp cannot draw on three bytes per pixel.</summary>
internal static class Surface
{
    /// <summary>Blends a colour into an image where a drawing covers it.</summary>
    /// <param name="target">The image.</param>
    /// <param name="region">Where the drawing lies, in pixels of the image; what is outside of the image is cut off.</param>
    /// <param name="ink">The colour.</param>
    /// <param name="draw">Draws what is covered, in white and in pixels of the image.</param>
    public static void Blend(Image target, SKRectI region, Ink ink, Action<SKCanvas> draw)
    {
        region.Intersect(SKRectI.Create(target.Width, target.Height));
        if (region.Width <= 0 || region.Height <= 0)
        {
            return;
        }

        using SKBitmap mask = new(region.Width, region.Height, SKColorType.Alpha8, SKAlphaType.Premul);
        mask.Erase(SKColors.Transparent);
        Paint(mask, region.Left, region.Top, draw);
        int channels = target.Channels;
        ReadOnlySpan<byte> colour = channels == 1 ? [(byte)Math.Round(255 * Math.Sqrt(ink.Luminance))] : [ink.Blue, ink.Green, ink.Red];
        ReadOnlySpan<byte> covers = mask.GetPixelSpan();
        for (int y = 0; y < region.Height; y++)
        {
            ReadOnlySpan<byte> cover = covers.Slice(y * mask.RowBytes, region.Width);
            Span<byte> row = target.Row(region.Top + y)[(region.Left * channels)..];
            for (int x = 0; x < region.Width; x++)
            {
                for (int c = 0; cover[x] > 0 && c < channels; c++)
                {
                    ref byte pixel = ref row[(x * channels) + c];
                    pixel = (byte)(pixel + (((colour[c] - pixel) * cover[x]) / 255));
                }
            }
        }
    }

    /// <summary>Replaces a region of a BGR image by a drawing.</summary>
    /// <param name="target">The image.</param>
    /// <param name="region">The region, inside the image.</param>
    /// <param name="ground">Its colour before anything is drawn.</param>
    /// <param name="draw">Draws in pixels of the region.</param>
    public static void Replace(Image target, SKRectI region, Ink ground, Action<SKCanvas> draw)
    {
        using SKBitmap bitmap = new(region.Width, region.Height, SKColorType.Bgra8888, SKAlphaType.Opaque);
        bitmap.Erase(ground.ToSkia());
        Paint(bitmap, 0, 0, draw);
        ReadOnlySpan<byte> pixels = bitmap.GetPixelSpan();
        for (int y = 0; y < region.Height; y++)
        {
            ReadOnlySpan<byte> from = pixels.Slice(y * bitmap.RowBytes, region.Width * 4);
            Span<byte> to = target.Row(region.Top + y)[(region.Left * 3)..];
            for (int x = 0; x < region.Width; x++)
            {
                from.Slice(x * 4, 3).CopyTo(to[(x * 3)..]);
            }
        }
    }

    private static void Paint(SKBitmap bitmap, int left, int top, Action<SKCanvas> draw)
    {
        using SKCanvas canvas = new(bitmap);
        canvas.Translate(-left, -top);
        draw(canvas);
    }
}
