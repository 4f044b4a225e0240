namespace Graft.Torch.Images;

/// <summary>The first image of a TIFF or BigTIFF file.</summary>
internal static class TiffHeader
{
    private const int Width = 256, Height = 257, StripOffsets = 273, StripBytes = 279, TileOffsets = 324, TileBytes = 325;

    internal static ImageFacts? Read(ImageBytes bytes)
    {
        if (TiffDirectory.Read(bytes, 0, bytes.Length) is not { } directory)
        {
            return null;
        }

        long orientation = directory.Value(TiffDirectory.Orientation);
        return new ImageFacts(directory.Value(Width), directory.Value(Height), orientation is >= 1 and <= 8 ? (int)orientation : 1)
        {
            Damage = CutOff(bytes, directory, StripOffsets, StripBytes) ?? CutOff(bytes, directory, TileOffsets, TileBytes),
            OrientationOffset = orientation < 0 ? null : (directory.OffsetOf(TiffDirectory.Orientation), directory.Little),
        };
    }

    private static string? CutOff(ImageBytes bytes, TiffDirectory directory, int offsets, int counts)
    {
        long pieces = directory.Count(offsets);
        for (long i = 0; i < pieces; i++)
        {
            (long at, long length) = (directory.Value(offsets, i), directory.Value(counts, i));
            if (at < 0 || at + Math.Max(0, length) > bytes.Length)
            {
                return $"cut off: piece {i + 1} of {pieces} lies outside the file";
            }
        }

        return null;
    }
}
