namespace Graft.Files;

/// <summary>Compares where a file is written with what is read.</summary>
public static class InputPaths
{
    /// <summary>The input that a written file or folder would replace, or null. A link in the last part of a path is followed.</summary>
    /// <param name="target">The file or folder to write.</param>
    /// <param name="inputs">Files and folders that are read; a run or adapter folder stands for all files in it.</param>
    public static string? ReplacedBy(string target, IEnumerable<string?> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        string written = Real(target);
        foreach (string input in inputs.OfType<string>())
        {
            string read = Real(input);
            string[] files = Directory.Exists(read) ? [read, Path.Combine(read, Path.GetFileName(written)), Path.Combine(read, "weights", Path.GetFileName(written))] : [read];
            if (files.Contains(written) && (written == read || File.Exists(written)))
            {
                return input;
            }
        }

        return null;
    }

    /// <summary>A full path with a link in its last part followed.</summary>
    private static string Real(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        try
        {
            return (File.Exists(full) ? new FileInfo(full).ResolveLinkTarget(returnFinalTarget: true)?.FullName : null) ?? full;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return full;
        }
    }
}
