using System.Globalization;

namespace Graft.Configuration;

/// <summary>Where a setting was given.</summary>
/// <param name="File">The YAML file; null when it was not given in a file.</param>
/// <param name="Line">The line, from 1; 0 outside files.</param>
public sealed record ConfigOrigin(string? File, int Line)
{
    /// <summary>Given as <c>key=value</c> when the program was started.</summary>
    public static ConfigOrigin CommandLine { get; } = new(null, 0);

    /// <summary>Not given anywhere: the value that the record itself has.</summary>
    public static ConfigOrigin Default { get; } = new(null, -1);

    /// <summary>The folder of the file, against which relative paths in it may be meant; null outside files.</summary>
    public string? Folder => File is null ? null : Path.GetDirectoryName(Path.GetFullPath(File));

    /// <summary>Reads "configs/a.yaml:7", "command line" or "default".</summary>
    public override string ToString() => File is not null
        ? string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}")
        : Line < 0 ? "default" : "command line";
}
