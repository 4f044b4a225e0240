using Graft.Torch.Images;

namespace Graft.Data;

/// <summary>The size of an image of a data set: as annotated and checked against the file's header, or of the header where none is annotated.</summary>
/// <param name="Path">The file.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
internal sealed record HeaderSize(string Path, int Width, int Height)
{
    /// <summary>Why the image cannot be used; null when it can.</summary>
    public DataProblemKind? Problem { get; private init; }

    /// <summary>The file and what was found, for messages.</summary>
    public string Place { get; private init; } = Path;

    /// <summary>Reads the header of an image.</summary>
    /// <param name="path">The file.</param>
    /// <param name="width">The annotated width in pixels; 0 without one.</param>
    /// <param name="height">The annotated height in pixels; 0 without one.</param>
    public static HeaderSize Of(string path, int width = 0, int height = 0)
    {
        if (!File.Exists(path))
        {
            return new HeaderSize(path, 0, 0) { Problem = DataProblemKind.MissingImage };
        }

        (int Width, int Height) found;
        try
        {
            found = Image.ReadSize(path);
        }
        catch (GraftException error)
        {
            return new HeaderSize(path, 0, 0) { Problem = DataProblemKind.UnreadableImage, Place = error.Message.TrimEnd('.') };
        }

        if (width == 0 || height == 0)
        {
            return new HeaderSize(path, found.Width, found.Height);
        }

        bool differs = Differs((width, height), found);
        bool swapped = differs && found == (height, width);
        return new HeaderSize(path, width, height)
        {
            Problem = differs ? DataProblemKind.ImageSizeDiffers : null,
            Place = $"{path}: {found.Width} × {found.Height}, annotated {width} × {height}{(swapped ? " without the orientation that the file asks for" : "")}",
        };
    }

    /// <summary>Whether a size differs from the annotated one by more than rounding, so that the boxes belong to another image.</summary>
    public static bool Differs((int Width, int Height) annotated, (int Width, int Height) found)
        => Math.Abs(found.Width - annotated.Width) > ImageStore.SizeTolerance || Math.Abs(found.Height - annotated.Height) > ImageStore.SizeTolerance;
}
