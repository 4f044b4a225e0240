using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using SkiaSharp;

namespace Graft.Runtime.Preprocessing;

/// <summary>Reads image files with SkiaSharp: upright by their EXIF orientation, 8 bits, alpha and colour profile ignored.</summary>
internal static class ImageFiles
{
    private const string Formats = "Expected a JPEG, PNG, BMP or WebP file.";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="buffers">Memory that the image is in, until it is used again.</param>
    /// <exception cref="OnnxDetectorException">Of kind Data: missing, unreadable, not an image or damaged.</exception>
    public static PixelView Load(string path, PreprocessingBuffers buffers)
    {
        Span<byte> bytes;
        try
        {
            using SafeFileHandle file = File.OpenHandle(path);
            long length = RandomAccess.GetLength(file);
            bytes = buffers.File(checked((int)Math.Min(length, Array.MaxLength)));
            for (int read = 0; read < bytes.Length;)
            {
                int more = RandomAccess.Read(file, bytes[read..], read);
                if (more == 0)
                {
                    bytes = bytes[..read];
                }

                read += more;
            }
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new OnnxDetectorException(FailureKind.Data, $"{path}: there is no such file.", "Check the path.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OnnxDetectorException(FailureKind.Data, $"{path}: cannot be read: {error.Message}", inner: error);
        }

        return Decode(bytes, buffers, $"{path}: ");
    }

    /// <summary>Decodes the bytes of an image file.</summary>
    /// <param name="bytes">The file's contents.</param>
    /// <param name="buffers">Memory that the image is in, until it is used again.</param>
    /// <param name="name">Start of error messages.</param>
    /// <exception cref="OnnxDetectorException">Of kind Data: not an image or damaged.</exception>
    public static unsafe PixelView Decode(ReadOnlySpan<byte> bytes, PreprocessingBuffers buffers, string name = "")
    {
        if (bytes.IsEmpty)
        {
            throw new OnnxDetectorException(FailureKind.Data, $"{name}not a readable image: the file is empty.", Formats);
        }

        fixed (byte* start = bytes)
        {
            using SKData data = SKData.Create((nint)start, bytes.Length);
            using SKCodec? codec = SKCodec.Create(data);
            if (codec is null)
            {
                string why = bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8)
                    ? "it is a TIFF file" : FormattableString.Invariant($"its {bytes.Length} bytes are of no known format, or damaged");
                throw new OnnxDetectorException(FailureKind.Data, $"{name}not a readable image: {why}.", Formats);
            }

            int orientation = ExifOrientation.Read(bytes);
            return Decode(codec, orientation == 0 ? (int)codec.EncodedOrigin : orientation, buffers, name);
        }
    }

    private static unsafe PixelView Decode(SKCodec codec, int orientation, PreprocessingBuffers buffers, string name)
    {
        SKImageInfo stored = codec.Info;
        bool isGray = stored.ColorType == SKColorType.Gray8;
        // Without a colour space the stored values come out, not premultiplied.
        SKImageInfo wanted = new(
            stored.Width,
            stored.Height,
            isGray ? SKColorType.Gray8 : SKColorType.Bgra8888,
            isGray || stored.IsOpaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul);
        if (wanted.BytesSize64 > Array.MaxLength)
        {
            throw new OnnxDetectorException(
                FailureKind.Data,
                FormattableString.Invariant($"{name}the image is too large: {stored.Width} x {stored.Height} pixels."),
                "Cut it into tiles or make it smaller.");
        }

        Span<byte> pixels = buffers.Decoded(wanted.BytesSize);
        fixed (byte* target = pixels)
        {
            SKCodecResult result = codec.GetPixels(wanted, (nint)target);
            if (result != SKCodecResult.Success)
            {
                throw new OnnxDetectorException(
                    FailureKind.Data,
                    $"{name}damaged image: {(result == SKCodecResult.IncompleteInput ? "it is cut off" : $"decoding failed ({result})")}.",
                    "Copy or export the file again.");
            }
        }

        return Turn(pixels, wanted, orientation, buffers);
    }

    private static PixelView Turn(Span<byte> pixels, SKImageInfo info, int orientation, PreprocessingBuffers buffers)
    {
        int width = info.Width, height = info.Height;
        bool swaps = orientation >= 5, isGray = info.ColorType == SKColorType.Gray8;
        PixelFormat format = isGray ? PixelFormat.Mono8 : PixelFormat.Bgra8;
        if (orientation != 1)
        {
            Span<byte> turned = buffers.Turned(pixels.Length);
            if (isGray)
            {
                Orientation.Apply(pixels, turned, width, height, orientation);
            }
            else
            {
                Span<uint> whole = MemoryMarshal.Cast<byte, uint>(pixels), upright = MemoryMarshal.Cast<byte, uint>(turned);
                Orientation.Apply(whole, upright, width, height, orientation);
            }

            pixels = turned;
        }

        (int columns, int rows) = swaps ? (height, width) : (width, height);
        return new PixelView(pixels, columns, rows, columns * info.BytesPerPixel, format);
    }
}
