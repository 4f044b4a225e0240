using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Graft.Tests;

/// <summary>Folders look down only, files stay short, only the command line prints: docs/ideas.md has the diagram.</summary>
[SideBySide]
public partial class ArchitectureTests
{
    private const int MaxLines = 300, MaxModelLines = 500;

    /// <summary>The projects that each project may use.</summary>
    private static readonly Dictionary<string, string[]> Projects = new()
    {
        ["Graft.Files"] = [],
        ["Graft.Torch"] = ["Graft.Files"],
        ["Graft.Runtime"] = [],
        ["Graft.MiniLm"] = ["Graft.Runtime"],
        ["Graft"] = ["Graft.Torch", "Graft.Files", "Graft.Runtime"],
        ["Graft.VisionLanguage"] = ["Graft", "Graft.Torch", "Graft.Files"],
        ["Graft.Synthetic"] = ["Graft", "Graft.Torch", "Graft.Files"],
        ["Graft.Cli"] = ["Graft", "Graft.MiniLm", "Graft.VisionLanguage", "Graft.Synthetic", "Graft.Torch", "Graft.Files", "Graft.Runtime"],
    };

    /// <summary>The folders that each folder of Graft.Torch may use.</summary>
    private static readonly Dictionary<string, string[]> TorchLayers = new()
    {
        // Imports name the types whose handles they take: the marshallers keep the objects alive during a call.
        ["Interop"] = ["Tensors", "Images", "Layers"],
        ["Tensors"] = ["Interop"],
        ["Images"] = ["Interop"],
        ["Distributed"] = ["Tensors", "Interop"],
        ["Layers"] = ["Distributed", "Tensors", "Interop"],
        ["Optimizers"] = ["Layers", "Distributed", "Tensors", "Interop"],
        ["Weights"] = ["Layers", "Tensors", "Interop"],
    };

    /// <summary>The same for Graft, from low-level folders to runs.</summary>
    private static readonly Dictionary<string, string[]> GraftLayers = new()
    {
        ["Configuration"] = [],
        ["Detectors"] = [],
        ["Text"] = [],
        ["Drawing"] = ["Detectors", "Text"],
        ["Data"] = ["Detectors", "Drawing", "Configuration", "Text"],
        ["Evaluation"] = ["Data", "Detectors"],
        ["Training"] = ["Evaluation", "Data", "Detectors", "Configuration"],
        ["Adapters"] = ["Training", "Detectors", "Configuration"],
        ["Peft"] = [],
        ["Rewriting"] = ["Adapters", "Training", "Detectors", "Configuration"],
        ["Export"] = ["Rewriting", "Adapters", "Training", "Detectors", "Configuration"],
        ["Models"] = ["Rewriting", "Training", "Detectors", "Configuration", "Text"],
        ["Reports"] = ["Evaluation", "Data", "Detectors", "Drawing"],
        ["Parity"] = ["Runs", "Rewriting", "Models", "Adapters", "Training", "Detectors", "Configuration"],
        ["Runs"] =
        [
            "Configuration", "Detectors", "Text", "Drawing", "Data", "Models", "Adapters", "Peft", "Rewriting", "Export", "Evaluation", "Training", "Reports",
        ],
        ["Checks"] = ["Runs", "Reports", "Drawing", "Data", "Detectors", "Configuration"],
        ["Adaptation"] = ["Checks", "Runs", "Reports", "Drawing", "Training", "Evaluation", "Export", "Rewriting", "Data", "Detectors", "Text", "Configuration"],
        ["Comparison"] = ["Runs", "Reports", "Drawing", "Training", "Evaluation", "Adapters", "Rewriting", "Data", "Detectors", "Configuration"],
        ["Benchmarks"] = ["Runs", "Configuration", "Detectors", "Text", "Data", "Models", "Adapters", "Rewriting", "Export", "Evaluation", "Training"],
    };

    [Fact]
    public void ProjectsLookDown()
    {
        string[] wrong = [.. Projects.SelectMany(project => References(project.Key).Except(project.Value)
            .Select(other => $"src/{project.Key} refers to {other}; it may only use {string.Join(", ", project.Value)}"))];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
        Assert.Equal(Projects.Keys.Order(), Directory.EnumerateDirectories(Path.Combine(Shared.Checkout, "src")).Select(path => Path.GetFileName(path)).Order());
    }

    [Fact]
    public void FoldersLookDown()
    {
        // The folder Tensors is the namespace Graft.Torch itself, which the others see without a using line.
        Dictionary<string, string> torch = TorchLayers.Keys.Where(folder => folder != "Tensors").ToDictionary(folder => $"Graft.Torch.{folder}");
        Dictionary<string, string> graft = GraftLayers.Keys.ToDictionary(folder => $"Graft.{folder}");
        string[] wrong = [.. Upward("Graft.Torch", TorchLayers, torch), .. Upward("Graft", GraftLayers, graft)];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void TheCommandLine_LeavesImagesDrawingAndReportsToTheLibrary()
    {
        string[] rooms = ["Graft.Drawing", "Graft.Reports", "Graft.Torch.Images", "Graft.Torch.Interop", "Graft.Torch.Optimizers"];
        string[] wrong = [.. Sources("src", "Graft.Cli").SelectMany(file => Used(file).Where(used => rooms.Any(room => Within(used, room)))
            .Select(used => $"{Relative(file)} uses {used}: what a program needs too belongs in the library"))];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Files_StayShort()
    {
        string[] code = [.. new[] { "src", "tests", "bench", "samples", "native" }.SelectMany(folder => Sources(folder))];
        Assert.True(code.Length > 400, $"only {code.Length} files were found");
        string[] models = [.. new[] { Path.Combine("Graft", "Models"), "Graft.VisionLanguage" }
            .Select(folder => Path.Combine(Shared.Checkout, "src", folder) + Path.DirectorySeparatorChar)];
        string[] wrong = [.. code.Select(file => (File: file, Lines: File.ReadLines(file).Count(), Most: models.Any(file.StartsWith) ? MaxModelLines : MaxLines))
            .Where(found => found.Lines > found.Most)
            .Select(found => $"{Relative(found.File)} has {found.Lines} lines; at most {found.Most} are allowed")];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void OnlyTheCommandLinePrints()
    {
        string[] wrong = [.. Projects.Keys.Where(project => project != "Graft.Cli").SelectMany(project => Sources("src", project))
            .Where(file => Prints().IsMatch(Comments().Replace(File.ReadAllText(file), "")))];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong.Select(Relative)));
    }

    [Fact]
    public void Commands_CallTheLibrary_AndDoNotDoItsWork()
    {
        string[] wrong = [.. Sources("src", "Graft.Cli").Select(file => (File: file, Found: LibraryWork().Match(Comments().Replace(File.ReadAllText(file), ""))))
            .Where(found => found.Found.Success)
            .Select(found => $"{Relative(found.File)} names {found.Found.Value}: rewriting, evaluating, resolving prompts and writing weights are functions of the library")];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void AFamilyOfDetectors_IsNamedInItsFolderAndInTheListOnly()
    {
        string models = Path.Combine(Shared.Checkout, "src", "Graft", "Models"), list = Path.Combine(models, "ModelFamilies.cs");
        string[] families = [.. Directory.EnumerateDirectories(models).Where(folder => Directory.EnumerateFiles(folder, "*Family.cs").Any())];
        Assert.Equal(["YoloV10", "YoloWorld"], families.Select(folder => Path.GetFileName(folder)).Order());
        List<string> wrong = [];
        foreach (string folder in families)
        {
            string name = Path.GetFileName(folder);
            string[] types = [.. Directory.EnumerateFiles(folder, "*.cs").SelectMany(file => Types().Matches(File.ReadAllText(file)).Select(match => match.Groups["name"].Value))
                .Where(type => type.StartsWith("Yolo", StringComparison.Ordinal) || type.StartsWith(name, StringComparison.Ordinal))];
            Assert.Contains($"{name}Detector", types);
            Regex used = new($@"\bModels\.{name}\b|\b({string.Join('|', types)})\b");
            wrong.AddRange(Projects.Keys.SelectMany(project => Sources("src", project))
                .Where(file => file != list && !file.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                .Where(file => used.IsMatch(Comments().Replace(File.ReadAllText(file), "")))
                .Select(file => $"{Relative(file)} names {used.Match(Comments().Replace(File.ReadAllText(file), "")).Value}; a family is named in its folder and in ModelFamilies.cs only"));
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void RoomsDoNotUseTheDoor()
    {
        string root = Path.Combine(Shared.Checkout, "src", "Graft");
        string[] door = [.. Directory.EnumerateFiles(root, "*.cs").SelectMany(file => Types().Matches(File.ReadAllText(file)).Select(match => match.Groups["name"].Value))];
        Assert.Contains("Detector", door);

        // Detector is also the name of properties: as a type it is created, opened, named with a variable, or an argument of a generic type.
        // The runtime has types of the same names.
        Regex used = new($@"(?<!\bRuntime\.)\b({string.Join('|', door.Where(type => type != "Detector"))})\b|(?<![.\w])Detector(\.Open\(|\?? (?!is\b|as\b|switch\b|with\b|and\b|or\b|in\b)[a-z_]|\??>)|\bnew Detector\(|\bGraft\.Detector\b");
        string[] wrong = [.. GraftLayers.Keys.SelectMany(folder => Sources("src", "Graft", folder))
            .Select(file => (File: file, Match: used.Match(Comments().Replace(File.ReadAllText(file), ""))))
            .Where(found => found.Match.Success)
            .Select(found => $"{Relative(found.File)} uses {found.Match.Value}; the door is for programs, rooms do not use it")];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    private static IEnumerable<string> References(string project)
        => XDocument.Load(Path.Combine(Shared.Checkout, "src", project, $"{project}.csproj")).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

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

    [GeneratedRegex(@"\b(class|record struct|record|struct|enum|interface) (?<name>[A-Z][A-Za-z0-9]*)")]
    private static partial Regex Types();

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"\b(Rewrite\.Of|RewriteFiles|ModelCopy|Prover|DetectorEvaluation|CocoEvaluator|StandIns|Vocabularies|AdapterSet|OperationRecorder|(SafeTensors|Torch|Npz|Npy)Writer)\b")]
    private static partial Regex LibraryWork();

    [GeneratedRegex(@"\b(System\.)?Console\.(Write|Error|Out|In|Read)")]
    private static partial Regex Prints();
}
