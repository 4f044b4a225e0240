namespace Graft.Runtime;

/// <summary>An image in memory that the caller owns; it must not change during the call.</summary>
/// <param name="Pixels">Rows from top to bottom.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Stride">Bytes from one row to the next.</param>
/// <param name="Format">Layout of a pixel.</param>
public readonly record struct ImageBuffer(ReadOnlyMemory<byte> Pixels, int Width, int Height, int Stride, PixelFormat Format);
