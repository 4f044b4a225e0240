using Graft.Configuration;

namespace Graft.Runs;

/// <summary>Finds configurations by path or by their short names, such as <c>yolo_world/v2_n</c>.</summary>
public static class ConfigFinder
{
    /// <summary>The <c>configs</c> folder: in the working directory, or above the program.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>All configurations, as paths below the working directory where possible.</summary>
    public static IReadOnlyList<string> List()
        => Folder is null ? [] : [.. Directory.EnumerateFiles(Folder, "*.yaml", SearchOption.AllDirectories)
            .Select(file => Path.Combine("configs", Path.GetRelativePath(Folder, file)))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part.StartsWith('_'))).Order(StringComparer.Ordinal)];

    /// <summary>The file that a name means.</summary>
    /// <exception cref="GraftException">There is none; the nearest name is the hint.</exception>
    public static string Resolve(string name)
    {
        string[] tries =
        [
            name, name + ".yaml",
            .. Folder is null ? [] : new[] { Path.Combine(Path.GetDirectoryName(Folder)!, name), Path.Combine(Folder, name), Path.Combine(Folder, name + ".yaml") },
        ];
        if (tries.FirstOrDefault(File.Exists) is { } found)
        {
            return found;
        }

        string? near = Nearest.To(name, List());
        throw new GraftException(
            Failure.Usage, $"There is no configuration {name}.", near is null ? "graft config list shows what exists." : $"Did you mean {near}?");
    }

    /// <summary>Reads a configuration by path or name, with overrides.</summary>
    public static Config<RunConfig> Load(string name, IEnumerable<string> overrides) => ConfigFile.Load<RunConfig>(Resolve(name), overrides);

    private static string? Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string candidate = Path.Combine(at.FullName, "configs");
            if (File.Exists(Path.Combine(at.FullName, "Graft.slnx")) && Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return Directory.Exists("configs") ? Path.GetFullPath("configs") : null;
    }
}
