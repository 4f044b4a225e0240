namespace Graft.Files;

/// <summary>Errors about files.</summary>
internal static class Bad
{
    /// <summary>A file that cannot be read as weights.</summary>
    internal static GraftException File(string path, string found, string? hint = null, Exception? inner = null)
        => new(Failure.Model, $"{Printable.Name(path, 400)}: {found}", hint, inner);
}
