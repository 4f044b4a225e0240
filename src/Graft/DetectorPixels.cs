using Graft.Runtime;
using Graft.Torch.Images;

namespace Graft;

/// <summary>Makes 8-bit BGR images from pixels in memory.</summary>
internal static class DetectorPixels
{
    /// <summary>Copies a buffer into an image.</summary>
    /// <param name="pixels">Rows from top to bottom.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="format">Channels of a pixel.</param>
    /// <param name="stride">Bytes from one row to the next; 0: rows follow one another without a gap.</param>
    /// <exception cref="GraftException">Of kind Usage: the buffer does not hold such an image.</exception>
    internal static Image Copy(ReadOnlySpan<byte> pixels, int width, int height, PixelFormat format, int stride)
    {
        int channels = format switch
        {
            PixelFormat.Mono8 => 1,
            PixelFormat.Bgr8 or PixelFormat.Rgb8 => 3,
            PixelFormat.Bgra8 or PixelFormat.Rgba8 => 4,
            PixelFormat.Mono16 => throw new GraftException(
                Failure.Usage, $"The pixel format is {format}; 8 bits per channel are expected.",
                "Map the range that matters to 8 bits, or export the model: OnnxDetector of Graft.Runtime maps a range."),
            _ => throw new GraftException(Failure.Usage, $"The pixel format is {(int)format}, which is not defined.", "Use a value of PixelFormat."),
        };
        if (width < 1 || height < 1)
        {
            throw new GraftException(Failure.Usage, $"The image is {width}×{height} pixels; expected at least one.");
        }

        long row = (long)width * channels, step = stride == 0 ? row : stride;
        Int128 needed = ((Int128)(height - 1) * step) + row;
        if (step < row || pixels.Length < needed)
        {
            throw new GraftException(
                Failure.Usage, step < row
                    ? $"The stride is {stride} bytes; a row of {width} {format} pixels has {row}."
                    : $"The buffer holds {pixels.Length} bytes; {width}×{height} {format} pixels have {needed}.",
                "Check width, height, pixel format and stride.");
        }

        Image image = new(width, height, Colour.Grey(0));
        for (int y = 0; y < height; y++)
        {
            Row(pixels.Slice((int)(y * step), (int)row), image.Row(y), format, channels);
        }

        return image;
    }

    private static void Row(ReadOnlySpan<byte> source, Span<byte> target, PixelFormat format, int channels)
    {
        if (format == PixelFormat.Bgr8)
        {
            source.CopyTo(target);
            return;
        }

        (int blue, int green, int red) = format switch
        {
            PixelFormat.Rgb8 or PixelFormat.Rgba8 => (2, 1, 0),
            PixelFormat.Mono8 => (0, 0, 0),
            _ => (0, 1, 2),
        };
        for (int from = 0, to = 0; to < target.Length; from += channels, to += 3)
        {
            target[to] = source[from + blue];
            target[to + 1] = source[from + green];
            target[to + 2] = source[from + red];
        }
    }
}
