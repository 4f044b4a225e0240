namespace Graft.Torch.Images;

/// <summary>What the header of an image file says.</summary>
/// <param name="Width">Columns as stored, before any turn.</param>
/// <param name="Height">Rows as stored.</param>
/// <param name="Orientation">EXIF's number, 1 to 8; 5 and above exchange width and height.</param>
internal sealed record ImageFacts(long Width, long Height, int Orientation = 1)
{
    // The limits of OpenCV.
    private const long MostPixels = 1L << 30, LongestSide = 1 << 20;

    /// <summary>What is wrong with the structure of the file, or null; what only decoding can tell is not looked for.</summary>
    internal string? Damage { get; init; }

    /// <summary>Where a TIFF file keeps its orientation and in which byte order; null in other formats.</summary>
    internal (long At, bool Little)? OrientationPlace { get; init; }

    /// <summary>The size of the upright image.</summary>
    internal (int Width, int Height) Upright => Orientation >= 5 ? ((int)Height, (int)Width) : ((int)Width, (int)Height);

    /// <summary>A sentence part that says why the image is too large to be read, or null.</summary>
    internal string? TooLarge => Width > LongestSide || Height > LongestSide || Width * Height > MostPixels
        ? FormattableString.Invariant($"its {Width} x {Height} pixels are too many; at most {MostPixels} pixels (2^30) and {LongestSide} a side can be read")
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
