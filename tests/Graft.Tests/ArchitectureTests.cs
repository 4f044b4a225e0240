using System.Text.RegularExpressions;

namespace Graft.Tests;

/// <summary>Folders look down only, files stay short, only the command line prints: docs/ideas.md has the picture.</summary>
[SideBySide]
public partial class ArchitectureTests
{
    private const int MostLines = 300, MostModelLines = 500;

    /// <summary>What each folder of Graft.Torch may use of the others.</summary>
    private static readonly Dictionary<string, string[]> TorchLayers = new()
    {
        ["Interop"] = [],
        ["Tensors"] = ["Interop"],
        ["Images"] = ["Interop"],
        ["Layers"] = ["Tensors", "Interop"],
        ["Optimizers"] = ["Layers", "Tensors", "Interop"],
        ["Files"] = ["Layers", "Tensors", "Interop"],
    };

    /// <summary>The same for Graft: nouns first, verbs on them, what a run makes of both last.</summary>
    private static readonly Dictionary<string, string[]> GraftLayers = new()
    {
        ["Configuration"] = [],
        ["Detection"] = [],
        ["Text"] = [],
        ["Imaging"] = ["Detection", "Text"],
        ["Synthetic"] = ["Detection", "Imaging"],
        ["Data"] = ["Detection", "Imaging", "Configuration", "Text"],
        ["Models"] = ["Detection", "Imaging", "Configuration", "Text"],
        ["Adapters"] = ["Detection", "Configuration"],
        ["Peft"] = [],
        ["Rewriting"] = ["Adapters", "Models", "Detection", "Imaging", "Configuration"],
        ["Evaluation"] = ["Data", "Detection"],
        ["Training"] = ["Evaluation", "Data", "Detection", "Configuration"],
        ["Export"] = ["Rewriting", "Models", "Data", "Detection", "Imaging"],
        ["Reports"] = ["Evaluation", "Data", "Detection", "Imaging"],
        ["Runs"] =
        [
            "Configuration", "Detection", "Text", "Imaging", "Synthetic", "Data", "Models", "Adapters", "Peft", "Rewriting", "Evaluation",
            "Training", "Export", "Reports",
        ],
    };

    [Fact]
    public void FoldersLookDown()
    {
        // The folder Tensors is the namespace Graft.Torch itself, which the others see without saying so.
        Dictionary<string, string> torch = TorchLayers.Keys.Where(folder => folder != "Tensors")
            .ToDictionary(folder => folder == "Files" ? "Graft.Files" : $"Graft.Torch.{folder}");
        Dictionary<string, string> graft = GraftLayers.Keys.ToDictionary(folder => $"Graft.{folder}");
        string[] wrong = [.. Upward("Graft.Torch", TorchLayers, torch), .. Upward("Graft", GraftLayers, graft)];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Torch_KnowsNothingOfDetectors()
    {
        IEnumerable<string> folders = GraftLayers.Keys.Select(folder => $"Graft.{folder}");
        string[] wrong = [.. Sources("src", "Graft.Torch").SelectMany(file => Used(file).Where(name => folders.Any(folder => Within(name, folder)))
            .Select(name => $"{Relative(file)} uses {name}"))];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Files_StayShort()
    {
        string[] code = [.. new[] { "src", "tests", "bench", "samples", "native" }.SelectMany(folder => Sources(folder))];
        Assert.True(code.Length > 400, $"only {code.Length} files were found");
        string models = Path.Combine(Shared.Checkout, "src", "Graft", "Models") + Path.DirectorySeparatorChar;
        string[] wrong = [.. code.Select(file => (File: file, Lines: File.ReadLines(file).Count(), Most: file.StartsWith(models, StringComparison.Ordinal) ? MostModelLines : MostLines))
            .Where(found => found.Lines > found.Most)
            .Select(found => $"{Relative(found.File)} has {found.Lines} lines; at most {found.Most} are allowed")];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void OnlyTheCommandLinePrints()
    {
        string[] wrong = [.. Sources("src", "Graft").Concat(Sources("src", "Graft.Torch"))
            .Where(file => Prints().IsMatch(Comments().Replace(File.ReadAllText(file), "")))];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong.Select(Relative)));
    }

    /// <summary>Every use of a folder that the table does not allow.</summary>
    private static IEnumerable<string> Upward(string project, Dictionary<string, string[]> layers, Dictionary<string, string> namespaces)
    {
        string root = Path.Combine(Shared.Checkout, "src", project);
        foreach (string folder in Directory.EnumerateDirectories(root).Select(path => Path.GetFileName(path)).Where(name => name is not ("obj" or "bin")))
        {
            if (!layers.TryGetValue(folder, out string[]? allowed))
            {
                yield return $"src/{project}/{folder} is not in the table of ArchitectureTests: say what it may use";
                continue;
            }

            foreach (string file in Sources("src", project, folder))
            {
                foreach (string used in Used(file))
                {
                    string? other = namespaces.FirstOrDefault(entry => Within(used, entry.Key)).Value;
                    if (other is not null && other != folder && !allowed.Contains(other))
                    {
                        yield return $"{Relative(file)} uses {used}; {folder} may only use {string.Join(", ", allowed)}";
                    }
                }
            }
        }
    }

    /// <summary>Namespaces in using lines, and names written out in full.</summary>
    private static IEnumerable<string> Used(string file)
        => Names().Matches(Comments().Replace(File.ReadAllText(file), "")).Select(match => match.Groups["name"].Value).Distinct();

    private static bool Within(string name, string folder) => name == folder || name.StartsWith(folder + ".", StringComparison.Ordinal);

    private static string Relative(string file) => Path.GetRelativePath(Shared.Checkout, file);

    private static IEnumerable<string> Sources(params string[] parts)
    {
        string folder = Path.Combine([Shared.Checkout, .. parts]), slash = $"{Path.DirectorySeparatorChar}";
        return !Directory.Exists(folder) ? [] : Directory.EnumerateFiles(folder, "*.*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".cpp" or ".h" && !file.Contains($"{slash}obj{slash}", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"(?<!namespace )\b(?<name>Graft(\.[A-Z][A-Za-z0-9]*)+)")]
    private static partial Regex Names();

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"\b(System\.)?Console\.(Write|Error|Out|In|Read)")]
    private static partial Regex Prints();
}
