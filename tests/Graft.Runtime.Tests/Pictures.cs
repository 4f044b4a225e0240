namespace Graft.Runtime.Tests;

/// <summary>Draws filled rectangles into buffers.</summary>
internal static class Pictures
{
    public static readonly (byte R, byte G, byte B) Red = (255, 0, 0), Green = (0, 255, 0), Blue = (0, 0, 255), White = (255, 255, 255);

    /// <summary>A black image with rectangles.</summary>
    public static byte[] Draw(int width, int height, PixelFormat format, int stride, params (int X, int Y, int W, int H, (byte R, byte G, byte B) Colour)[] rectangles)
    {
        byte[] pixels = new byte[stride * height];
        foreach ((int x, int y, int w, int h, (byte R, byte G, byte B) colour) in rectangles)
        {
            for (int row = y; row < y + h; row++)
            {
                for (int column = x; column < x + w; column++)
                {
                    Set(pixels.AsSpan((row * stride) + (column * Bytes(format))), format, colour);
                }
            }
        }

        return pixels;
    }

    public static byte[] Draw(int width, int height, params (int X, int Y, int W, int H, (byte R, byte G, byte B) Colour)[] rectangles)
        => Draw(width, height, PixelFormat.Rgb8, 3 * width, rectangles);

    public static int Bytes(PixelFormat format) => format switch
    {
        PixelFormat.Mono8 => 1,
        PixelFormat.Mono16 => 2,
        PixelFormat.Bgr8 or PixelFormat.Rgb8 => 3,
        _ => 4,
    };

    private static void Set(Span<byte> pixel, PixelFormat format, (byte R, byte G, byte B) colour)
    {
        byte[] bytes = format switch
        {
            PixelFormat.Mono8 => [colour.G],
            PixelFormat.Mono16 => [0, colour.G],
            PixelFormat.Rgb8 => [colour.R, colour.G, colour.B],
            PixelFormat.Bgr8 => [colour.B, colour.G, colour.R],
            PixelFormat.Rgba8 => [colour.R, colour.G, colour.B, 77],
            _ => [colour.B, colour.G, colour.R, 77],
        };
        bytes.CopyTo(pixel);
    }
}
