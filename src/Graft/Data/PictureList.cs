using Graft.Files;

namespace Graft.Data;

/// <summary>Finds pictures in folders and list files.</summary>
public static class PictureList
{
    /// <summary>All pictures in a folder and the folders in it, sorted by path.</summary>
    /// <exception cref="GraftException">Of kind Data: the folder does not exist or has no picture.</exception>
    public static IReadOnlyList<string> InFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new GraftException(Failure.Data, $"{folder}: there is no such folder; expected pictures.", "Check the path.");
        }

        List<string> pictures = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(YoloDataset.IsPicture)];
        pictures.Sort(StringComparer.Ordinal);
        return pictures.Count > 0
            ? pictures
            : throw new GraftException(
                Failure.Data,
                $"{folder}: has no pictures (.jpg, .png, .bmp, .tif, .webp), also not in the folders inside.",
                "Check the path.");
    }

    /// <summary>The pictures that a text file lists, one a line; relative ones are relative to the file.</summary>
    public static IReadOnlyList<string> InListFile(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        List<string> pictures = [.. TextFile.ReadLines(path, "one path of an image per line", Failure.Data)
            .Select(line => line.Trim())
            .Where(line => line.Length > 0)
            .Select(line => WrittenPath.Find(folder, line) ?? Path.GetFullPath(Path.Combine(folder, line)))];
        return pictures.Count > 0 ? pictures : throw new GraftException(
            Failure.Data, $"{path}: lists no pictures.", "Write one path a line.");
    }
}
