namespace Graft.Torch.Images;

/// <summary>Identifies files that are not images of a supported format.</summary>
internal static class ForeignFile
{
    private static readonly (int At, byte[] Start, string Name)[] Known =
    [
        (0, [.. "GIF8"u8], "a GIF file"),
        (4, [.. "ftypavif"u8], "an AVIF file"),
        (4, [.. "ftyphei"u8], "a HEIC file"),
        (4, [.. "ftyphev"u8], "a HEIC file"),
        (4, [.. "ftypmif1"u8], "a HEIC file"),
        (4, [.. "ftyp"u8], "a video"),
        (0, [0xFF, 0x0A], "a JPEG XL file"),
        (0, [0, 0, 0, 12, .. "JXL "u8], "a JPEG XL file"),
        (0, [.. "8BPS"u8], "a Photoshop file"),
        (0, [.. "%PDF"u8], "a PDF file"),
        (0, [.. "PK\u0003\u0004"u8], "a ZIP archive"),
        (0, [0x76, 0x2F, 0x31, 0x01], "an OpenEXR file with floating-point values"),
        (128, [.. "DICM"u8], "a DICOM file"),
        (0, [0x1F, 0x8B], "a gzip archive"),
        (0, [.. "version https://git-lfs"u8], "a Git LFS pointer; the image itself was not fetched ('git lfs pull')"),
    ];

    /// <summary>Reads "a GIF file"; null when the bytes are not recognised.</summary>
    internal static string? Describe(ReadOnlySpan<byte> bytes)
    {
        foreach ((int at, byte[] start, string name) in Known)
        {
            if (bytes.Length >= at && bytes[at..].StartsWith(start))
            {
                return name;
            }
        }

        ReadOnlySpan<byte> beginning = bytes[..Math.Min(bytes.Length, 512)];
        if (!beginning.ContainsAnyExcept((byte)0))
        {
            return "a file of zero bytes only";
        }

        foreach (byte one in beginning)
        {
            if (one < 9 || (one > 13 && one < 32 && one != 27) || one >= 127)
            {
                return null;
            }
        }

        return beginning.TrimStart(" \t\r\n"u8).StartsWith("<"u8) ? "a web page or XML file" : "a text file";
    }
}
