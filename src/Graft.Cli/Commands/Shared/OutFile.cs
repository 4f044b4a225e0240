using System.CommandLine;
using Graft.Cli.CommandLine;
using Graft.Files;

namespace Graft.Cli.Commands;

/// <summary><c>--out FILE</c>, checked before anything is computed: it is neither a folder nor a file that the command reads.</summary>
internal static class OutFile
{
    /// <summary>The option for a file.</summary>
    internal static Option<string> Option(string value, string description) => Define.Required("--out", value, description);

    /// <summary>The value of <c>--out</c>.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="option">The option.</param>
    /// <param name="inputs">Files and folders that the command reads; a run or adapter folder includes all files in it.</param>
    /// <exception cref="GraftException">Of kind Usage: it is a folder, or an input; of kind Runtime: no file can be written there.</exception>
    internal static string Of(Arguments arguments, Option<string> option, params IEnumerable<string?> inputs)
    {
        string path = arguments.Value(option)!;
        if (Directory.Exists(path) || Path.EndsInDirectorySeparator(path))
        {
            throw Arguments.Wrong($"--out {path} is a folder; expected the file to write.", $"Name a file in it: --out {Path.Combine(path, "NAME")}");
        }

        RequireOther(path, inputs);
        AtomicFile.RequireWritable(path);
        return path;
    }

    /// <summary>The value of <c>--out</c> where a command writes a folder.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="option">The option.</param>
    /// <param name="inputs">Files and folders that the command reads.</param>
    /// <exception cref="GraftException">Of kind Usage: it is a file, or an input.</exception>
    internal static string Folder(Arguments arguments, Option<string> option, params IEnumerable<string?> inputs)
    {
        string path = arguments.Value(option)!;
        if (File.Exists(path))
        {
            throw Arguments.Wrong($"--out {path} is a file; expected the folder to write.", "Give another --out.");
        }

        RequireOther(path, inputs);
        return path;
    }

    private static void RequireOther(string path, IEnumerable<string?> inputs)
    {
        if (InputPaths.ReplacedBy(path, inputs) is { } input)
        {
            throw Arguments.Wrong($"--out {path} would replace an input: {input}.", "Give another --out.");
        }
    }
}
