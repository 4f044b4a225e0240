using Graft.Data;

namespace Graft.Checks;

/// <summary>Finds image files that lie beside listed ones and that no annotation file lists: labels may have been lost.</summary>
internal static class UnlistedImages
{
    /// <summary>Notes them. A split that cannot be read may list any image, so nothing is noted beside one.</summary>
    internal static void Note(OpenedData data)
    {
        if (data.Problems.CountOf(DataProblemKind.UnusableSplit) > 0)
        {
            return;
        }

        HashSet<string> listed = [.. data.Splits.SelectMany(split => split.Data.Listed).Select(Path.GetFullPath)];
        foreach (string file in listed.Select(path => Path.GetDirectoryName(path)!).Distinct().Where(Directory.Exists).Order(StringComparer.Ordinal)
            .SelectMany(folder => Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)))
        {
            if (ImageList.IsImage(file) && Path.GetFileName(file)[0] != '.' && !listed.Contains(file))
            {
                data.Problems.Add(DataProblemKind.UnlistedImage, data.Place(file));
            }
        }
    }
}
