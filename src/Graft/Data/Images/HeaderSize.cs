namespace Graft.Data;

/// <summary>The size of a listed image: as annotated, compared with the header of the file, or of the header where the list gives none.</summary>
/// <param name="Path">The file.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
internal sealed record HeaderSize(string Path, int Width, int Height)
{
    /// <summary>Why the image cannot be used; null when it can.</summary>
    public DataProblemKind? Problem { get; private init; }

    /// <summary>The file and what was found, for messages.</summary>
    public string Place { get; private init; } = Path;

    /// <summary>Reads the header of a listed image.</summary>
    public static HeaderSize Of(CocoImage listed, string path)
    {
        if (!File.Exists(path))
        {
            return new HeaderSize(path, 0, 0) { Problem = DataProblemKind.MissingImage };
        }

        int width, height;
        try
        {
            (width, height) = ImageHeader.ReadSize(path);
        }
        catch (GraftException error)
        {
            return new HeaderSize(path, 0, 0) { Problem = DataProblemKind.UnreadableImage, Place = error.Message.TrimEnd('.') };
        }

        if (listed.Width == 0 || listed.Height == 0)
        {
            return new HeaderSize(path, width, height);
        }

        bool differs = Math.Abs(width - listed.Width) > ImageStore.SizeTolerance || Math.Abs(height - listed.Height) > ImageStore.SizeTolerance;
        bool swapped = differs && (width, height) == (listed.Height, listed.Width);
        return new HeaderSize(path, listed.Width, listed.Height)
        {
            Problem = differs ? DataProblemKind.ImageSizeDiffers : null,
            Place = $"{path}: {width} × {height}, annotated {listed.Width} × {listed.Height}{(swapped ? " without the orientation that the file asks for" : "")}",
        };
    }
}
