namespace Graft.Runtime.Preprocessing;

/// <summary>An image in memory that somebody else owns.</summary>
/// <param name="pixels">Rows from top to bottom.</param>
/// <param name="width">Columns.</param>
/// <param name="height">Rows.</param>
/// <param name="stride">Bytes from one row to the next.</param>
/// <param name="format">Layout of a pixel.</param>
/// <param name="low">Value that becomes 0; for <see cref="PixelFormat.Mono16"/>.</param>
/// <param name="high">Value that becomes 255; for <see cref="PixelFormat.Mono16"/>.</param>
internal readonly ref struct PixelView(
    ReadOnlySpan<byte> pixels, int width, int height, int stride, PixelFormat format, ushort low = 0, ushort high = ushort.MaxValue)
{
    public ReadOnlySpan<byte> Pixels { get; } = pixels;

    public int Width { get; } = width;

    public int Height { get; } = height;

    public int Stride { get; } = stride;

    public PixelFormat Format { get; } = format;

    public ushort Low { get; } = low;

    public ushort High { get; } = high;
}
