namespace Graft.Runtime;

/// <summary>Layout of a pixel in a camera's buffer.</summary>
public enum PixelFormat
{
    /// <summary>One byte per pixel, gray.</summary>
    Mono8,

    /// <summary>Two bytes per pixel, gray, little-endian; a range maps it to 8 bits.</summary>
    Mono16,

    /// <summary>Blue, green, red; one byte each.</summary>
    Bgr8,

    /// <summary>Red, green, blue; one byte each.</summary>
    Rgb8,

    /// <summary>Blue, green, red, and a fourth byte that is ignored.</summary>
    Bgra8,

    /// <summary>Red, green, blue, and a fourth byte that is ignored.</summary>
    Rgba8,
}
