namespace Graft.Data;

/// <summary>Lists the files of a folder and the folders in it, a folder at a time and by name; each folder once, whatever links lead to it.</summary>
internal static class FolderWalk
{
    /// <summary>A file that was found.</summary>
    /// <param name="Path">The file.</param>
    /// <param name="Folder">Its folder relative to the one that is walked; empty for that itself.</param>
    /// <param name="LeftOut">Whether it lies in the folder that is to be left out.</param>
    internal readonly record struct Entry(string Path, string Folder, bool LeftOut);

    /// <summary>The files of a folder; those in <paramref name="leftOut"/> (a real path), where it lies inside, are marked.</summary>
    internal static IEnumerable<Entry> Files(string root, string? leftOut = null)
    {
        HashSet<string> visited = [];
        Stack<(string Path, string Folder, string Real, bool LeftOut)> open = new([(root, "", Real(root), false)]);
        while (open.TryPop(out (string Path, string Folder, string Real, bool LeftOut) at))
        {
            if (!visited.Add(at.Real))
            {
                continue;
            }

            foreach (string file in Sorted(at.Path, Directory.GetFiles))
            {
                yield return new Entry(file, at.Folder, at.LeftOut);
            }

            foreach (string inner in Sorted(at.Path, Directory.GetDirectories).Reverse())
            {
                string name = Path.GetFileName(inner);
                string real = new DirectoryInfo(inner).LinkTarget is null ? Path.Combine(at.Real, name) : Real(inner);
                open.Push((inner, Path.Combine(at.Folder, name), real, at.LeftOut || real == leftOut));
            }
        }
    }

    /// <summary>The full path of a folder with every link in it resolved; of one that is not there, as far as it is.</summary>
    internal static string Real(string folder)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        string? above = Path.GetDirectoryName(full);
        if (above is null)
        {
            return full;
        }

        try
        {
            // A chain of links that never ends is an error of the system.
            return Directory.Exists(full) && Directory.ResolveLinkTarget(full, returnFinalTarget: true) is { } target && target.FullName != full
                ? Real(target.FullName)
                : Path.Combine(Real(above), Path.GetFileName(full));
        }
        catch (IOException)
        {
            return full;
        }
    }

    /// <summary>Whether a file or folder lies inside a folder; both are real paths.</summary>
    internal static bool Contains(string folder, string path)
        => path.StartsWith(folder.EndsWith(Path.DirectorySeparatorChar) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string[] Sorted(string folder, Func<string, string[]> list)
    {
        try
        {
            string[] found = list(folder);
            Array.Sort(found, StringComparer.Ordinal);
            return found;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GraftException(Failure.Data, $"The folder {folder} cannot be read: {error.Message}", "Check its permissions.", error);
        }
    }
}
