using Graft.Cli.CommandLine;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>Adapters of a command line, FILE, RUN or NAME=FILE, with the names that their exported files carry.</summary>
internal static class AdapterNames
{
    /// <summary>Names and files. Without NAME= the name is that of the run folder, or of a file outside one.</summary>
    internal static IReadOnlyList<(string Name, string Path)> Of(IReadOnlyList<string> texts)
    {
        List<(string Name, string Path)> adapters = [];
        foreach (string text in texts)
        {
            int at = text.IndexOf('=', StringComparison.Ordinal);
            bool isNamed = at > 0 && !Path.Exists(text);
            string path = FileOf(isNamed ? text[(at + 1)..] : text), name = isNamed ? text[..at] : NameOf(path);
            if (name.Length == 0 || name.AsSpan().IndexOfAny(Path.GetInvalidFileNameChars()) >= 0)
            {
                throw Arguments.Wrong($"--adapter is {text}: {name} cannot be part of a file's name.");
            }

            if (adapters.FirstOrDefault(other => other.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { Path: { } first })
            {
                throw Arguments.Wrong($"--adapter {first} and {path} are both named {name}; name one of them: --adapter NAME={path}.");
            }

            adapters.Add((name, path));
        }

        return adapters;
    }

    private static string FileOf(string target) => Directory.Exists(target) ? RunFolder.Open(target).Adapter : target;

    private static string NameOf(string path)
    {
        string full = Path.GetFullPath(path), stem = Path.GetFileNameWithoutExtension(full);
        string? folder = Path.GetDirectoryName(full);
        return stem == "adapter" && Path.GetFileName(folder) == "weights" && Path.GetFileName(Path.GetDirectoryName(folder)) is { Length: > 0 } run ? run : stem;
    }
}
