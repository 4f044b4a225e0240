namespace Graft.Data;

/// <summary>Turns a path as an annotation file writes it, on whatever system, into a file or folder that exists here.</summary>
internal static class WrittenPath
{
    /// <summary>The path below a folder: as written, or with backslashes as separators when there is no such file; null when neither exists.</summary>
    public static string? Find(string folder, string written)
    {
        string text = written.Trim();
        return new[] { text, text.Replace('\\', '/') }.Where(path => path.Length > 0)
            .Select(path => Path.GetFullPath(Path.Combine(folder, path)))
            .FirstOrDefault(path => File.Exists(path) || Directory.Exists(path));
    }

    /// <summary>
    /// The file below a folder that has the longest possible part of the end of a written path: for absolute paths of other machines,
    /// addresses, and names relative to another folder; null when not even the last part exists.
    /// </summary>
    public static string? FindByEnd(string folder, string written)
    {
        string text = written.Trim();
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0)
        {
            text = Uri.UnescapeDataString(text[(scheme + 3)..].Split('?', '#')[0]);
        }

        string[] parts = [.. text.Split('/', '\\').Where(part => part.Length > 0 && part is not "." and not ".." && !part.EndsWith(':'))];
        return Enumerable.Range(0, parts.Length)
            .Select(skipped => Path.GetFullPath(Path.Combine([folder, .. parts[skipped..]])))
            .FirstOrDefault(File.Exists);
    }
}
