using Graft.Files;

namespace Graft.Data;

/// <summary>Finds images in folders and list files.</summary>
public static class ImageList
{
    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".bmp", ".dib", ".tif", ".tiff", ".webp", ".jp2", ".pbm", ".pgm", ".ppm", ".pnm",
        ".ras", ".sr",
    };

    // Images of formats that are not read: a label file beside one shows that it should be used.
    private static readonly HashSet<string> Foreign = new(StringComparer.OrdinalIgnoreCase)
    {
        ".gif", ".heic", ".heif", ".hif", ".avif", ".jxl", ".jxr", ".j2k", ".j2c", ".jpc", ".jpx", ".jls", ".svg", ".ico", ".psd", ".tga", ".pcx",
        ".exr", ".hdr", ".pfm", ".dcm", ".dicom", ".raw", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".raf", ".fits", ".npy",
    };

    /// <summary>True for file names of images that can be read.</summary>
    public static bool IsImage(string path) => Extensions.Contains(Path.GetExtension(path));

    /// <summary>All images in a folder and the folders in it, sorted by path; hidden ones are skipped, each folder is entered
    /// once.</summary>
    /// <exception cref="GraftException">Of kind Data: the folder does not exist, cannot be listed or has no image.</exception>
    public static IReadOnlyList<string> InFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new GraftException(Failure.Data, $"{folder}: there is no such folder; expected images.", "Check the path.");
        }

        List<string> files = Visible(folder);
        List<string> images = [.. files.Where(IsImage)];
        string[] foreign = [.. files.Where(file => Foreign.Contains(Path.GetExtension(file)))];
        return images.Count > 0
            ? images
            : throw new GraftException(
                Failure.Data,
                $"{folder}: has no images (.jpg, .png, .bmp, .tif, .webp, .jp2, .pgm), not even in its subfolders.",
                foreign.Length == 0
                    ? "Check the path."
                    : $"Convert its {foreign.Length} files of formats that cannot be read ({Examples(foreign)}) to PNG or JPEG.");
    }

    /// <summary>The files in a folder, and the folders in it, that are images of formats that cannot be read, sorted by path.</summary>
    public static IReadOnlyList<string> Unreadable(string folder)
        => Directory.Exists(folder) ? [.. Visible(folder).Where(file => Foreign.Contains(Path.GetExtension(file)))] : [];

    /// <summary>
    /// The images that a text file lists, one per line; relative ones are relative to the file, blank lines and those that begin with # are
    /// skipped.
    /// </summary>
    /// <exception cref="GraftException">Of kind Data: the file cannot be read or lists nothing.</exception>
    public static IReadOnlyList<string> InListFile(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        List<string> images = [];
        foreach (string line in TextFile.ReadLines(path, "one path of an image per line", Failure.Data).Select(line => line.Trim()).Where(line => line.Length > 0))
        {
            // CVAT writes data/obj_train_data/a.jpg, and unpacked archives have no folder data.
            string? found = WrittenPath.FindAnywhere(folder, line) ?? WrittenPath.FindByLongEnd(folder, line);
            if (found is not null || line[0] != '#')
            {
                images.Add(found ?? Path.GetFullPath(Path.Combine(folder, line)));
            }
        }

        return images.Count > 0 ? images : throw new GraftException(
            Failure.Data, $"{path}: lists no images.", "Write one path per line.");
    }

    private static List<string> Visible(string folder)
    {
        List<string> files = [.. FolderWalk.Files(folder).Where(entry => !entry.IsHidden).Select(entry => entry.Path)];
        files.Sort(StringComparer.Ordinal);
        return files;
    }

    private static string Examples(string[] files)
        => string.Join(", ", files.Take(3).Select(Path.GetFileName)) + (files.Length > 3 ? ", …" : "");
}
