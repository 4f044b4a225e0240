namespace Graft;

/// <summary>The order of the 8-bit channels of a pixel in memory.</summary>
public enum PixelFormat
{
    /// <summary>Blue, green, red: OpenCV and most cameras.</summary>
    Bgr,

    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red, and a fourth byte that is ignored: Windows bitmaps.</summary>
    Bgra,

    /// <summary>Red, green, blue, and a fourth byte that is ignored.</summary>
    Rgba,

    /// <summary>One channel.</summary>
    Gray,
}
