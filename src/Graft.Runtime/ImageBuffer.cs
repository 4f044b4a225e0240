using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Runtime.Inference;
using Graft.Runtime.Preprocessing;

namespace Graft.Runtime;

/// <summary>An image in memory that the caller owns; it must not change during the call.</summary>
/// <param name="Pixels">Rows from top to bottom.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Stride">Bytes from one row to the next.</param>
/// <param name="Format">Layout of a pixel.</param>
public readonly record struct ImageBuffer(ReadOnlyMemory<byte> Pixels, int Width, int Height, int Stride, PixelFormat Format)
{
    /// <summary>Reads an image file once, for a detection and a drawing: JPEG, PNG, BMP or WebP, turned as its EXIF orientation says.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="OnnxDetectorException">Of kind Data: missing or not an image.</exception>
    public static ImageBuffer Load(string file)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(file);
        PixelView view = ImageFiles.Load(file, new PreprocessingBuffers());
        return new ImageBuffer(view.Pixels.ToArray(), view.Width, view.Height, view.Stride, view.Format);
    }

    /// <summary>A copy that is turned and mirrored, such as for a camera that hangs upside down (3).</summary>
    /// <param name="orientation">As in EXIF, 1 to 8: 1 as it is, 3 by 180°, 6 by 90° clockwise, 8 by 90° counterclockwise; 2, 4, 5 and 7 mirror too.</param>
    /// <exception cref="OnnxDetectorException">Of kind Data: size, stride, format and length of the buffer do not fit together. Of kind
    /// Usage: no such orientation.</exception>
    public ImageBuffer Turned(int orientation)
    {
        if (orientation is < 1 or > 8)
        {
            throw new OnnxDetectorException(FailureKind.Usage, $"The orientation is {orientation}; a number from 1 to 8 is expected.");
        }

        PixelView view = Inference.Pixels.View(Pixels.Span, Width, Height, Stride, Format, null);
        int size = Inference.Pixels.Bytes(Format), row = size * Width;
        byte[] stored = new byte[row * Height], turned = new byte[row * Height];
        for (int y = 0; y < Height; y++)
        {
            view.Pixels.Slice(y * Stride, row).CopyTo(stored.AsSpan(y * row));
        }

        switch (size)
        {
            case sizeof(byte):
                Turn<byte>(stored, turned, Width, Height, orientation);
                break;
            case sizeof(ushort):
                Turn<ushort>(stored, turned, Width, Height, orientation);
                break;
            case sizeof(uint):
                Turn<uint>(stored, turned, Width, Height, orientation);
                break;
            default:
                Turn<ThreeBytes>(stored, turned, Width, Height, orientation);
                break;
        }

        (int columns, int rows) = orientation >= 5 ? (Height, Width) : (Width, Height);
        return new ImageBuffer(turned, columns, rows, size * columns, Format);
    }

    private static void Turn<T>(byte[] stored, byte[] turned, int width, int height, int orientation)
        where T : unmanaged
        => Orientation.Apply<T>(MemoryMarshal.Cast<byte, T>(stored), MemoryMarshal.Cast<byte, T>(turned.AsSpan()), width, height, orientation);

    [InlineArray(3)]
    private struct ThreeBytes
    {
        private byte _first;
    }
}
