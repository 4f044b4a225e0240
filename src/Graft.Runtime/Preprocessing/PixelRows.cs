using System.Runtime.InteropServices;

namespace Graft.Runtime.Preprocessing;

/// <summary>Reads rows of any pixel format as bytes.</summary>
internal static class PixelRows
{
    /// <summary>Bytes from one pixel to the next in a row that <see cref="Read"/> returns.</summary>
    public static int Step(PixelFormat format) => format switch
    {
        PixelFormat.Mono8 or PixelFormat.Mono16 => 1,
        PixelFormat.Bgr8 or PixelFormat.Rgb8 => 3,
        _ => 4,
    };

    /// <summary>Channels that are used: 1 or 3.</summary>
    public static int Channels(PixelFormat format) => format is PixelFormat.Mono8 or PixelFormat.Mono16 ? 1 : 3;

    /// <summary>Whether red is the first channel.</summary>
    public static bool IsRgb(PixelFormat format) => format is PixelFormat.Rgb8 or PixelFormat.Rgba8;

    /// <summary>A row; 16 bits are converted into the scratch memory.</summary>
    /// <param name="image">The image.</param>
    /// <param name="y">The row.</param>
    /// <param name="scratch">At least as many bytes as columns for <see cref="PixelFormat.Mono16"/>; not used for other formats.</param>
    public static ReadOnlySpan<byte> Read(in PixelView image, int y, Span<byte> scratch)
    {
        ReadOnlySpan<byte> row = image.Pixels[(int)((long)y * image.Stride)..];
        if (image.Format != PixelFormat.Mono16)
        {
            return row[..(image.Width * Step(image.Format))];
        }

        Narrow(MemoryMarshal.Cast<byte, ushort>(row[..(image.Width * 2)]), image.Low, image.High, scratch);
        return scratch[..image.Width];
    }

    /// <summary>
    /// Maps low..high to 0..255 in 256 steps of equal width: ⌊(value − low) · 256 / (high − low + 1)⌋, clamped. With 0..2^bits − 1 this is
    /// the value divided by 2^(bits − 8), as at training.
    /// </summary>
    internal static void Narrow(ReadOnlySpan<ushort> values, ushort low, ushort high, Span<byte> target)
    {
        // The quotient of floats is exact enough: it is at least 2^-16 away from the next whole number, and rounds by at most 2^-17.
        float range = high - low + 1;
        for (int i = 0; i < values.Length; i++)
        {
            ushort value = BitConverter.IsLittleEndian ? values[i] : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(values[i]);
            target[i] = (byte)((Math.Clamp(value, low, high) - low) * 256 / range);
        }
    }
}
