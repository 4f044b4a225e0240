using Graft.Files;

namespace Graft.Data;

/// <summary>Finds images of the validation split that are in the training split too: the same file, or a copy of it.</summary>
internal static class SharedImages
{
    private const int HeadBytes = 4096;

    /// <summary>
    /// Paths of the validation images that are also training images, in order. Files of equal length are compared by their first
    /// bytes; whole files are read only where these agree.
    /// </summary>
    public static IReadOnlyList<string> Of(DetectionDataset train, DetectionDataset val)
    {
        HashSet<string> paths = [.. train.Images.Select(image => Path.GetFullPath(image.Path))];
        Dictionary<string, long> lengths = val.Images.Select(image => image.Path).Distinct().ToDictionary(path => path, Length);
        HashSet<long> wanted = [.. lengths.Values.Where(length => length > 0)];
        ILookup<string, string> beginnings = train.Images.Select(image => image.Path).AsParallel().AsOrdered()
            .Where(path => wanted.Contains(Length(path)))
            .Select(path => (Path: path, Head: FileHash.OrNull(path, HeadBytes))).ToArray()
            .Where(entry => entry.Head is not null)
            .ToLookup(entry => entry.Head!, entry => entry.Path);
        return [.. val.Images.Select(image => image.Path).AsParallel().AsOrdered().Where(path =>
            paths.Contains(Path.GetFullPath(path)) || (beginnings.Count > 0 && IsCopy(path, lengths[path], beginnings)))];
    }

    private static bool IsCopy(string path, long length, ILookup<string, string> beginnings)
    {
        string[] alike = FileHash.OrNull(path, HeadBytes) is { } head ? [.. beginnings[head].Where(other => Length(other) == length)] : [];
        return alike.Length > 0 && FileHash.OrNull(path) is { } whole && alike.Any(other => FileHash.OrNull(other) == whole);
    }

    private static long Length(string path)
    {
        try
        {
            return new FileInfo(path).Length;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return -1;
        }
    }
}
