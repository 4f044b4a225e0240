namespace Graft.Data;

/// <summary>Resolves a path in an annotation file, written on any system or server, to an existing file or folder.</summary>
internal static class WrittenPath
{
    /// <summary>The path below a folder: as written, or with backslashes as separators when there is no such file; null when neither exists.</summary>
    /// <param name="folder">Folder that relative paths are relative to.</param>
    /// <param name="written">The path as the file has it.</param>
    public static string? Find(string folder, string written)
    {
        string text = Clean(written);
        return text.Length == 0 ? null : new[] { text, text.Replace('\\', '/') }
            .Select(path => Path.GetFullPath(Path.Combine(folder, path)))
            .FirstOrDefault(path => File.Exists(path) || Directory.Exists(path));
    }

    /// <summary>A path of data.yaml: as <see cref="Find"/>, with <c>~</c> as the user's folder; null when it does not exist.</summary>
    /// <param name="folder">Folder that relative paths are relative to.</param>
    /// <param name="written">The path as the file has it.</param>
    public static string? FindFromHome(string folder, string written) => Clean(written) is ['~', '/' or '\\', .. string rest]
        ? Find(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), rest)
        : Find(folder, written);

    /// <summary>
    /// The file or folder below a folder that has the longest possible part of the end of a written path, of two names at least: one name
    /// alone, such as <c>images</c>, may mean another split.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="written">The path as the file has it.</param>
    public static string? FindByLongEnd(string folder, string written)
        => Ends(folder, Clean(written)).SkipLast(1).FirstOrDefault(path => File.Exists(path) || Directory.Exists(path));

    /// <summary>As <see cref="Find"/>; a path that names a place elsewhere (root, drive, address) is looked for by its end.</summary>
    /// <param name="folder">Folder that relative paths are relative to.</param>
    /// <param name="written">The path or address as the file has it.</param>
    public static string? FindAnywhere(string folder, string written)
    {
        bool uploaded = Clean(written).Replace('\\', '/').StartsWith("upload/", StringComparison.Ordinal);
        return Find(folder, written) ?? (uploaded || IsElsewhere(written) ? FindByEnd(folder, written) : null);
    }

    /// <summary>Whether a path is absolute: a root, a drive or an address.</summary>
    public static bool IsElsewhere(string written)
    {
        string text = Clean(written).Replace('\\', '/');
        return text is ['/', ..] or [_, ':', '/', ..] || text.Contains("://", StringComparison.Ordinal);
    }

    /// <summary>
    /// The file below a folder that has the longest possible part of the end of a written path: for absolute paths of other machines,
    /// addresses, and names relative to another folder; null when not even the last part exists.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="written">The path or address as the file has it.</param>
    public static string? FindByEnd(string folder, string written)
        => Forms(Clean(written)).SelectMany(form => Ends(folder, form)).FirstOrDefault(File.Exists);

    /// <summary>A file may be named like an address without query; Label Studio's local storage has the path in the query (<c>?d=a/b.jpg</c>).</summary>
    private static IEnumerable<string> Forms(string text)
    {
        int query = text.AsSpan().IndexOfAny('?', '#');
        string bare = query < 0 ? text : text[..query];
        yield return text;
        if (query >= 0 && text.AsSpan(query).StartsWith("?d=", StringComparison.Ordinal) && bare.EndsWith('/'))
        {
            yield return Uri.UnescapeDataString(text[(query + 3)..].Split('&')[0]);
        }

        yield return Uri.UnescapeDataString(bare);
    }

    private static IEnumerable<string> Ends(string folder, string text)
    {
        string[] parts = [.. text.Split('/', '\\').Where(part => part.Length > 0 && part is not "." and not ".." && !part.EndsWith(':'))];
        return Enumerable.Range(0, parts.Length).Select(skipped => Path.GetFullPath(Path.Combine([folder, .. parts[skipped..]])));
    }

    /// <summary>File names cannot hold a NUL, and file-system methods throw on one.</summary>
    private static string Clean(string written) => written.Contains('\0', StringComparison.Ordinal) ? "" : written.Trim();
}
