namespace Graft.Data;

/// <summary>Finds the files that annotation and list files name, also by paths of another system, server or folder.</summary>
internal static class WrittenPath
{
    // Label Studio names uploaded files by their place on its server.
    private const string Uploads = "upload/";

    /// <summary>
    /// The full path of the file that is meant, or null when there is none: as written; with backslashes as separators; a URL without
    /// its query; and, for what names a place elsewhere (drive, root, URL, upload), its longest end that exists in the folder.
    /// </summary>
    /// <param name="folder">Folder against which relative paths are meant.</param>
    /// <param name="written">The path as the file has it.</param>
    public static string? Find(string folder, string written)
    {
        // No file name holds a NUL, and the file system's own methods throw on one.
        if (string.IsNullOrWhiteSpace(written) || written.Contains('\0'))
        {
            return null;
        }

        foreach (string form in Forms(written.Trim()))
        {
            if (Existing(folder, form) is { } found)
            {
                return found;
            }

            string? rest = Elsewhere(form);
            while (rest is not null)
            {
                if (Existing(folder, rest) is { } inside)
                {
                    return inside;
                }

                int slash = rest.IndexOf('/', StringComparison.Ordinal);
                rest = slash < 0 ? null : rest[(slash + 1)..].TrimStart('/');
            }
        }

        return null;
    }

    /// <summary>The spellings to try: as written, with forward slashes, and what a URL means.</summary>
    private static IEnumerable<string> Forms(string written)
    {
        yield return written;
        string slashes = written.Replace('\\', '/');
        if (slashes != written)
        {
            yield return slashes;
        }

        // Label Studio's local storage has the path in the query: /data/local-files/?d=folder/000.jpg
        int query = slashes.IndexOf('?', StringComparison.Ordinal);
        int value = slashes.IndexOf("?d=", StringComparison.Ordinal);
        if (value >= 0 && slashes[..query].EndsWith('/'))
        {
            string local = slashes[(value + 3)..];
            int next = local.IndexOf('&', StringComparison.Ordinal);
            yield return "/" + Uri.UnescapeDataString(next < 0 ? local : local[..next]).TrimStart('/');
        }

        int end = slashes.AsSpan().IndexOfAny('?', '#');
        string bare = end < 0 ? slashes : slashes[..end];
        string plain = Uri.UnescapeDataString(bare);
        if (bare != slashes)
        {
            yield return bare;
        }

        if (plain != bare)
        {
            yield return plain;
        }
    }

    /// <summary>What follows the drive, root, host or upload folder; null for a path that is meant inside the folder.</summary>
    private static string? Elsewhere(string path)
    {
        int scheme = path.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0)
        {
            int host = path.IndexOf('/', scheme + 3);
            return host < 0 ? null : path[(host + 1)..];
        }

        return path switch
        {
            [_, ':', '/' or '\\', ..] when char.IsAsciiLetter(path[0]) => path[3..],
            ['/', ..] => path.TrimStart('/'),
            _ when path.StartsWith(Uploads, StringComparison.Ordinal) => path[Uploads.Length..],
            _ => null,
        };
    }

    private static string? Existing(string folder, string path)
    {
        if (path.Length == 0)
        {
            return null;
        }

        string full = Path.GetFullPath(Path.Combine(folder, path));
        return File.Exists(full) ? full : null;
    }
}
