namespace Graft.Torch.Images;

/// <summary>Information from the header of an image file.</summary>
/// <param name="Width">Columns as stored, before rotation.</param>
/// <param name="Height">Rows as stored.</param>
/// <param name="Orientation">EXIF's number, 1 to 8; 5 and above swap width and height.</param>
internal sealed record ImageFacts(long Width, long Height, int Orientation = 1)
{
    // The limits of OpenCV.
    private const long MaxPixels = 1L << 30, LongestSide = 1 << 20;

    /// <summary>Damage in the structure of the file, or null; damage that only decoding reveals is not included.</summary>
    internal string? Damage { get; init; }

    /// <summary>Offset and byte order of the orientation in a TIFF file; null in other formats.</summary>
    internal (long At, bool Little)? OrientationOffset { get; init; }

    /// <summary>The size of the upright image.</summary>
    internal (int Width, int Height) Upright => Orientation >= 5 ? ((int)Height, (int)Width) : ((int)Width, (int)Height);

    /// <summary>Why the image is too large to be read, as part of a sentence, or null.</summary>
    internal string? TooLarge => Width > LongestSide || Height > LongestSide || Width * Height > MaxPixels
        ? FormattableString.Invariant($"its {Width} x {Height} pixels are too many; at most {MaxPixels} pixels (2^30) and {LongestSide} a side can be read")
        : null;

    /// <summary>Reads the header of a PNG, JPEG, BMP, WebP or TIFF file; null for another format or a broken header.</summary>
    internal static ImageFacts? Read(ImageBytes bytes)
    {
        ImageFacts? facts = bytes.At(0, 4) switch
        {
            [0x89, (byte)'P', (byte)'N', (byte)'G'] => PngHeader.Read(bytes),
            [0xFF, 0xD8, ..] => JpegHeader.Read(bytes),
            [(byte)'B', (byte)'M', ..] => BmpHeader.Read(bytes),
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F'] => WebpHeader.Read(bytes),
            [(byte)'I', (byte)'I', ..] or [(byte)'M', (byte)'M', ..] => TiffHeader.Read(bytes),
            _ => null,
        };
        return facts is { Width: > 0 and <= int.MaxValue, Height: > 0 and <= int.MaxValue } ? facts : null;
    }
}
