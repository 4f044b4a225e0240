using Graft.Configuration;

namespace Graft.Runs;

/// <summary>Finds configurations by path or by their short names, such as <c>yolo_world/v2_n</c>.</summary>
public static class ConfigFinder
{
    /// <summary>The <c>configs</c> folder: of the repository that the program is built in, beside the program, or in the working directory.</summary>
    public static string? Folder { get; } = Find(AppContext.BaseDirectory);

    /// <summary>All configurations, as paths relative to the parent of the folder.</summary>
    public static IReadOnlyList<string> List()
        => Folder is null ? [] : [.. Directory.EnumerateFiles(Folder, "*.yaml", SearchOption.AllDirectories)
            .Select(file => Path.Combine("configs", Path.GetRelativePath(Folder, file)))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part.StartsWith('_'))).Order(StringComparer.Ordinal)];

    /// <summary>The short name of a listed configuration, which works in every working directory: <c>yolo_world/v2_n</c>.</summary>
    public static string ShortName(string path)
        => Path.ChangeExtension(Path.GetRelativePath("configs", path), null).Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>What a listed configuration is for: the comment in its first line; empty without one.</summary>
    public static string Describe(string path)
        => File.ReadLines(Path.Combine(Path.GetDirectoryName(Folder)!, path)).FirstOrDefault() is { } line && line.StartsWith('#') ? line.TrimStart('#').Trim() : "";

    /// <summary>Finds the file of a name: a path, a short name, or the last part of one short name.</summary>
    /// <exception cref="GraftException">No configuration has this name, and the hint is the nearest one; or several have it, and are listed.</exception>
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

        string[] same = [.. List().Where(file => Path.GetFileNameWithoutExtension(file) == name || Path.GetFileName(file) == name)];
        if (same.Length == 1)
        {
            return Path.Combine(Path.GetDirectoryName(Folder)!, same[0]);
        }

        if (same.Length > 1)
        {
            throw new GraftException(
                Failure.Usage, $"{name} is the name of {same.Length} configurations: {string.Join(", ", same.Select(ShortName))}.", $"Give the folder too, such as {ShortName(same[^1])}.");
        }

        if (Directory.Exists(name))
        {
            string run = Path.Combine(name, "args.yaml");
            throw File.Exists(run)
                ? new GraftException(Failure.Usage, $"{name} is a run folder; a configuration is expected.", $"The configuration of the run is {run}.")
                : new GraftException(Failure.Usage, $"{name} is a folder; a configuration is expected: a YAML file, or a name.", "graft config list shows what exists.");
        }

        string? near = Nearest.To(name, List().Concat(List().Select(ShortName)));
        throw new GraftException(
            Failure.Usage, $"There is no configuration {name}.", near is null ? "graft config list shows what exists." : $"Did you mean {near}?");
    }

    /// <summary>Reads a configuration by path or name, with overrides.</summary>
    public static Config<RunConfig> Load(string name, IEnumerable<string> overrides) => ConfigFile.Load<RunConfig>(Resolve(name), overrides);

    /// <summary>The <c>configs</c> folder of a program.</summary>
    /// <param name="program">The folder of the program; the build copies the configurations into it.</param>
    internal static string? Find(string program)
    {
        for (DirectoryInfo? at = new(program); at is not null; at = at.Parent)
        {
            string candidate = Path.Combine(at.FullName, "configs");
            if (File.Exists(Path.Combine(at.FullName, "Graft.slnx")) && Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return new[] { Path.Combine(program, "configs"), Path.GetFullPath("configs") }.FirstOrDefault(Directory.Exists);
    }
}
