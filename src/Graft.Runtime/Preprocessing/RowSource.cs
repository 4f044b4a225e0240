using System.Runtime.InteropServices;

namespace Graft.Runtime.Preprocessing;

/// <summary>Reads rows of an image as bytes, whatever its pixel format.</summary>
internal readonly ref struct RowSource
{
    private readonly ReadOnlySpan<byte> _pixels;
    private readonly int _stride, _rowBytes;
    private readonly bool _isWide;
    private readonly ushort _low, _high;

    /// <summary>An image with interleaved channels.</summary>
    public RowSource(in PixelView image)
    {
        (Width, Height, Channels, Step) = (image.Width, image.Height, ChannelsOf(image.Format), StepOf(image.Format));
        (_stride, _low, _high, _isWide) = (image.Stride, image.Low, image.High, image.Format == PixelFormat.Mono16);
        _rowBytes = Width * Step;
        _pixels = image.Pixels;
    }

    /// <summary>An image whose rows hold one channel after the other.</summary>
    public RowSource(ReadOnlySpan<byte> rows, int width, int height, int channels)
    {
        (Width, Height, Channels, Step) = (width, height, channels, 1);
        _rowBytes = _stride = width * channels;
        _pixels = rows;
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Channels that are used: 1 or 3.</summary>
    public int Channels { get; }

    /// <summary>Bytes from one pixel to the next; 1 with three channels: the channels follow each other in a row.</summary>
    public int Step { get; }

    /// <summary>Bytes of a row.</summary>
    public int RowBytes => _rowBytes;

    /// <summary>Length of the scratch memory for some rows.</summary>
    public int ScratchLength(int rows) => _isWide ? rows * _rowBytes : 0;

    /// <summary>Some rows; 16 bits are converted into the scratch memory.</summary>
    /// <param name="y">The first row.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="scratch">Memory of <see cref="ScratchLength"/>.</param>
    /// <param name="stride">Bytes from one row to the next.</param>
    public ReadOnlySpan<byte> Read(int y, int count, Span<byte> scratch, out int stride)
    {
        ReadOnlySpan<byte> rows = _pixels[(y * _stride)..];
        if (!_isWide)
        {
            stride = _stride;
            return rows[..(((count - 1) * _stride) + _rowBytes)];
        }

        stride = _rowBytes;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> row = rows.Slice(i * _stride, _rowBytes * 2);
            DepthReduction.Apply(MemoryMarshal.Cast<byte, ushort>(row), _low, _high, scratch.Slice(i * stride, stride));
        }

        return scratch[..(count * stride)];
    }

    /// <summary>One row.</summary>
    public ReadOnlySpan<byte> Read(int y, Span<byte> scratch) => Read(y, 1, scratch, out _);

    /// <summary>Bytes of a pixel; 1 for 16 bits, which are converted.</summary>
    public static int StepOf(PixelFormat format) => format switch
    {
        PixelFormat.Mono8 or PixelFormat.Mono16 => 1,
        PixelFormat.Bgr8 or PixelFormat.Rgb8 => 3,
        _ => 4,
    };

    /// <summary>Channels that are used.</summary>
    public static int ChannelsOf(PixelFormat format) => StepOf(format) == 1 ? 1 : 3;

    /// <summary>Whether red is the first channel.</summary>
    public static bool IsRgb(PixelFormat format) => format is PixelFormat.Rgb8 or PixelFormat.Rgba8;
}
