using Graft.Torch.Images;

namespace Graft.VisionLanguage;

/// <summary>An 8-bit RGB image in managed memory.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Pixels">Red, green, blue of each pixel, row by row.</param>
public sealed record RgbImage(int Width, int Height, byte[] Pixels)
{
    /// <summary>A black image.</summary>
    public RgbImage(int width, int height)
        : this(width, height, new byte[3 * width * height])
    {
    }

    /// <summary>Reads an image file; a missing or unreadable one is a data error that names it.</summary>
    public static RgbImage Load(string path)
    {
        using Image image = Image.Load(path);
        RgbImage result = new(image.Width, image.Height);
        for (int y = 0; y < image.Height; y++)
        {
            ReadOnlySpan<byte> row = image.Row(y);
            Span<byte> target = result.Pixels.AsSpan(3 * y * image.Width, 3 * image.Width);
            for (int x = 0; x < image.Width; x++)
            {
                for (int channel = 0; channel < 3; channel++)
                {
                    target[3 * x + channel] = image.Channels == 1 ? row[x] : row[3 * x + 2 - channel];     // files decode as BGR
                }
            }
        }

        return result;
    }

    /// <summary>A rectangle of this image; columns beyond the right border continue at the left one.</summary>
    public RgbImage CropAround(int left, int top, int width, int height)
    {
        RgbImage result = new(width, height);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int from = 3 * ((top + y) * Width + (left + x) % Width);
                Pixels.AsSpan(from, 3).CopyTo(result.Pixels.AsSpan(3 * (y * width + x)));
            }
        }

        return result;
    }

    /// <summary>Copies another image into this one.</summary>
    public void Paste(RgbImage image, int left, int top)
    {
        ArgumentNullException.ThrowIfNull(image);
        for (int y = 0; y < image.Height; y++)
        {
            image.Pixels.AsSpan(3 * y * image.Width, 3 * image.Width).CopyTo(Pixels.AsSpan(3 * ((top + y) * Width + left)));
        }
    }
}
