namespace Graft.Data;

/// <summary>Lists the files below a folder as people see them: nothing hidden, and no folder twice, however links lead to it.</summary>
internal static class FolderWalk
{
    // What file servers and archives put beside images.
    private static readonly HashSet<string> Foreign = new(StringComparer.OrdinalIgnoreCase)
    {
        "@eaDir", "__MACOSX", "#recycle", "$RECYCLE.BIN", "System Volume Information",
    };

    private const int MostLinks = 40;

    /// <summary>The files in the folder and below, sorted by path.</summary>
    /// <exception cref="GraftException">Of kind Data: a folder cannot be listed.</exception>
    public static List<string> Files(string folder)
    {
        List<string> files = [];
        string start = RealPath(folder);
        HashSet<string> visited = [start];
        Stack<string> folders = new([folder]);
        SortedSet<string> links = new(StringComparer.Ordinal);
        while (true)
        {
            // Folders come before links, so that files have the path at which they really are.
            if (!folders.TryPop(out string? current))
            {
                if (links.Min is not { } link)
                {
                    break;
                }

                links.Remove(link);
                string target = RealPath(link);
                if (Contains(target, start) || !visited.Add(target))
                {
                    continue;
                }

                current = link;
            }

            foreach (FileSystemInfo entry in Entries(current))
            {
                string path = Path.Combine(current, entry.Name);
                if (entry.Name.StartsWith('.') || Foreign.Contains(entry.Name))
                {
                    continue;
                }

                if (!Directory.Exists(path))
                {
                    files.Add(path);
                }
                else if (entry.LinkTarget is not null)
                {
                    links.Add(path);
                }
                else if (visited.Add(RealPath(path)))
                {
                    folders.Push(path);
                }
            }
        }

        files.Sort(StringComparer.Ordinal);
        return files;
    }

    /// <summary>Whether one folder is another or lies around it.</summary>
    private static bool Contains(string outer, string inner)
        => inner == outer || inner.StartsWith(outer.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static FileSystemInfo[] Entries(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).GetFileSystemInfos();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GraftException(Failure.Data, $"{folder}: the folder cannot be listed: {e.Message}", "Allow reading it, or move it elsewhere.", e);
        }
    }

    /// <summary>The path without any links; links that lead nowhere or in circles stay as they are.</summary>
    private static string RealPath(string path, int links = 0)
    {
        string full = Path.GetFullPath(path);
        string real = Path.GetPathRoot(full)!;
        foreach (string part in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, part);
            if (links < MostLinks && new DirectoryInfo(real).LinkTarget is { } target)
            {
                real = RealPath(Path.Combine(Path.GetDirectoryName(real)!, target), links + 1);
            }
        }

        return real;
    }
}
