using Graft.Runtime.Preprocessing;

namespace Graft.Runtime.Inference;

/// <summary>Checks of buffers and regions, and the part of an image that a region covers, without a copy.</summary>
internal static class Pixels
{
    /// <summary>A view of a caller's buffer.</summary>
    /// <exception cref="OnnxDetectorException">Of kind Data: size, stride, format or length do not fit.</exception>
    public static PixelView View(ReadOnlySpan<byte> pixels, int width, int height, int stride, PixelFormat format, DetectOptions? options)
    {
        if (width <= 0 || height <= 0)
        {
            throw Wrong($"The image is {width} × {height}; at least 1 × 1 is expected.");
        }

        long row = (long)width * Bytes(format);
        if (stride < row)
        {
            throw Wrong(
                $"The stride is {stride} bytes, but a row of {width} pixels in {format} has {row}.", "Check the pixel format, and that the stride is in bytes.");
        }

        long needed = ((long)stride * (height - 1)) + row;
        if (pixels.Length < needed)
        {
            throw Wrong(
                $"The buffer has {pixels.Length} bytes; {width} × {height} pixels in {format} with a stride of {stride} have {needed}.",
                "Check width, height and pixel format.");
        }

        (ushort low, ushort high) = (options?.Low ?? 0, options?.High ?? ushort.MaxValue);
        return low < high ? new PixelView(pixels, width, height, stride, format, low, high)
            : throw new OnnxDetectorException(FailureKind.Usage, $"The gray range is {low} to {high}; {nameof(DetectOptions.Low)} must be less than {nameof(DetectOptions.High)}.");
    }

    /// <summary>The part of a view inside a region.</summary>
    public static PixelView Crop(in PixelView view, PixelRegion region)
    {
        if (region == new PixelRegion(0, 0, view.Width, view.Height))
        {
            return view;
        }

        int bytes = Bytes(view.Format);
        int start = checked((view.Stride * region.Y) + (bytes * region.X)), length = (view.Stride * (region.Height - 1)) + (bytes * region.Width);
        return new PixelView(view.Pixels.Slice(start, length), region.Width, region.Height, view.Stride, view.Format, view.Low, view.High);
    }

    /// <summary>The region that is looked at.</summary>
    /// <exception cref="OnnxDetectorException">Of kind Usage: it is empty or reaches out of the image.</exception>
    public static PixelRegion Area(in PixelView view, DetectOptions? options)
    {
        if (options?.Region is not PixelRegion region)
        {
            return new PixelRegion(0, 0, view.Width, view.Height);
        }

        bool isInside = region.X >= 0 && region.Y >= 0 && region.Width > 0 && region.Height > 0
            && (long)region.X + region.Width <= view.Width && (long)region.Y + region.Height <= view.Height;
        return isInside ? region : throw new OnnxDetectorException(
            FailureKind.Usage,
            $"The region is {region.Width} × {region.Height} at ({region.X}, {region.Y}); it must lie inside the image of {view.Width} × {view.Height}.");
    }

    /// <summary>Bytes of a pixel.</summary>
    internal static int Bytes(PixelFormat format) => format switch
    {
        PixelFormat.Mono8 => 1,
        PixelFormat.Mono16 => 2,
        PixelFormat.Bgr8 or PixelFormat.Rgb8 => 3,
        PixelFormat.Bgra8 or PixelFormat.Rgba8 => 4,
        _ => throw Wrong($"The pixel format {(int)format} is unknown; one of {string.Join(", ", Enum.GetNames<PixelFormat>())} is expected."),
    };

    private static OnnxDetectorException Wrong(string message, string? hint = null) => new(FailureKind.Data, message, hint);
}
