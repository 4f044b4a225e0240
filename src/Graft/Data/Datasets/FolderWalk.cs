namespace Graft.Data;

/// <summary>
/// Lists the files of a folder and the folders in it, a folder at a time and by name; each folder once, even if links lead to it.
/// Folders that file
/// servers and archives create beside images, and hidden folders, are skipped.
/// </summary>
internal static class FolderWalk
{
    private static readonly HashSet<string> Foreign = new(StringComparer.OrdinalIgnoreCase)
    {
        "@eaDir", "__MACOSX", "#recycle", "$RECYCLE.BIN", "System Volume Information",
    };

    /// <summary>A file that was found.</summary>
    /// <param name="Path">The file.</param>
    /// <param name="Folder">Its folder relative to the one that is walked; empty for that itself.</param>
    /// <param name="LeftOut">Whether it is in the excluded folder.</param>
    internal readonly record struct Entry(string Path, string Folder, bool LeftOut)
    {
        /// <summary>Whether its name begins with a dot, such as the ._a.jpg that macOS leaves.</summary>
        internal bool IsHidden => System.IO.Path.GetFileName(Path).StartsWith('.');
    }

    /// <summary>The files of a folder; those in <paramref name="leftOut"/> (a real path), where it lies inside, are marked.</summary>
    /// <exception cref="GraftException">Of kind Data: a folder cannot be listed.</exception>
    internal static IEnumerable<Entry> Files(string root, string? leftOut = null)
    {
        string start = Real(root);
        HashSet<string> visited = [];
        Stack<(string Path, string Folder, string Real, bool LeftOut)> open = new([(root, "", start, false)]);
        SortedDictionary<string, (string Folder, bool LeftOut)> links = new(StringComparer.Ordinal);
        while (open.TryPop(out (string Path, string Folder, string Real, bool LeftOut) at) || TakeLink(links, out at))
        {
            if ((at.Folder.Length > 0 && (at.Real == start || Contains(at.Real, start))) || !visited.Add(at.Real))
            {
                continue;
            }

            foreach (string file in Sorted(at.Path, Directory.GetFiles))
            {
                yield return new Entry(file, at.Folder, at.LeftOut);
            }

            foreach (string inner in Sorted(at.Path, Directory.GetDirectories).Reverse())
            {
                string name = Path.GetFileName(inner), folder = Path.Combine(at.Folder, name);
                if (name.StartsWith('.') || Foreign.Contains(name))
                {
                    continue;
                }

                // Links come after folders, so that files have the path at which they really are.
                if (new DirectoryInfo(inner).LinkTarget is not null)
                {
                    links[inner] = (folder, at.LeftOut || Real(inner) == leftOut);
                }
                else
                {
                    string real = Path.Combine(at.Real, name);
                    open.Push((inner, folder, real, at.LeftOut || real == leftOut));
                }
            }
        }
    }

    /// <summary>The full path of a folder with every link in it resolved; for a missing folder, as far as it exists.</summary>
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
            // An endless chain of links is a system error.
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

    private static bool TakeLink(
        SortedDictionary<string, (string Folder, bool LeftOut)> links, out (string Path, string Folder, string Real, bool LeftOut) link)
    {
        if (links.Count == 0)
        {
            link = default;
            return false;
        }

        (string path, (string folder, bool leftOut)) = links.First();
        links.Remove(path);
        link = (path, folder, Real(path), leftOut);
        return true;
    }

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
