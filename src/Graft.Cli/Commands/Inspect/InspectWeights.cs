using System.Text.Json.Nodes;
using Graft.Cli.Rendering;
using Graft.Files;
using Graft.Models;
using Graft.Models.Ultralytics;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>Shows what a weight file holds: tensors, network, class names, metadata, and what a pickle asks for.</summary>
internal static class InspectWeights
{
    private const int LongestNote = 160, ShownGlobals = 10, ShownNames = 20;

    private static readonly string[] Libraries = ["torch.", "torchvision.", "ultralytics.", "models.", "numpy.", "collections."];

    internal static void Show(string path, bool withHashes, Output output)
    {
        using WeightFile file = WeightFile.Open(path);
        string[]? hashes = withHashes ? [.. file.Entries.Select(Hash)] : null;
        output.Line($"{path}: {file.Format}, {file.Entries.Count} tensors, {file.Entries.Sum(entry => entry.ElementCount):N0} values");
        JsonObject known = Known(file, output);
        output.Table(["tensor", "shape", "type", .. hashes is null ? [] : new[] { "SHA-256" }], file.Entries.Select((entry, i) => (string[])
            [Printable.Name(entry.Name), Printable.Shape([.. entry.Shape]), entry.DType.TorchName(), .. hashes is null ? [] : new[] { hashes[i] }]));
        foreach ((string key, string value) in file.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            output.Line($"{Printable.Name(key)}: {Printable.Name(value.ReplaceLineEndings(" "), LongestNote)}");
        }

        foreach (string remark in file.Remarks)
        {
            output.Line(remark);
        }

        string[] globals = Globals(file);
        if (globals.Length > 0)
        {
            output.Line($"asks for: {string.Join(", ", globals.Take(ShownGlobals).Select(name => Printable.Name(name)))}{(globals.Length > ShownGlobals ? $" and {globals.Length - ShownGlobals} more" : "")} (not run)");
        }

        output.Result(new JsonObject
        {
            ["path"] = path,
            ["format"] = file.Format.ToString(),
            ["origin"] = file.Origin,
            ["model"] = known["model"]?.DeepClone(),
            ["class_names"] = known["class_names"]?.DeepClone(),
            ["globals"] = new JsonArray([.. globals.Select(name => (JsonNode)name)]),
            ["tensors"] = new JsonArray([.. file.Entries.Select((entry, i) => (JsonNode)new JsonObject
            {
                ["name"] = entry.Name,
                ["shape"] = new JsonArray([.. entry.Shape.Select(length => (JsonNode)length)]),
                ["dtype"] = entry.DType.TorchName(),
                ["sha256"] = hashes?[i],
            })]),
            ["metadata"] = new JsonObject(file.Metadata.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            ["foreign_classes"] = new JsonArray([.. file.ForeignClasses.Keys.Order(StringComparer.Ordinal).Select(name => (JsonNode)name)]),
            ["remarks"] = new JsonArray([.. file.Remarks.Select(remark => (JsonNode)remark)]),
        });
    }

    /// <summary>Classes and functions that a pickle names, those of no library of networks first.</summary>
    private static string[] Globals(WeightFile file)
        => [.. file.ForeignClasses.Keys.OrderBy(name => Libraries.Any(library => name.StartsWith(library, StringComparison.Ordinal))).ThenBy(name => name, StringComparer.Ordinal)];

    /// <summary>Which network the tensors belong to, and the class names that the file carries.</summary>
    private static JsonObject Known(WeightFile file, Output output)
    {
        bool ours = Checkpoint.IsOurs(file);
        ModelOptions? model = ModelIn(file, ours);
        string? text = model is not null ? model.Description : ModelFamilies.OtherFamily(file);
        IReadOnlyList<string> names = ours ? Checkpoint.VocabularyOf(file).Names : model is null ? [] : UltralyticsFile.TryRead(file)?.Names ?? [];
        if (text is not null)
        {
            output.Line($"network: {text}{(model is null ? ", which Graft has no network of" : "")}");
        }

        if (names.Count > 0)
        {
            output.Line($"class names: {string.Join(", ", names.Take(ShownNames).Select(name => Printable.Name(name)))}{(names.Count > ShownNames ? $" and {names.Count - ShownNames} more" : "")}");
        }

        return new JsonObject { ["model"] = text, ["class_names"] = new JsonArray([.. names.Select(name => (JsonNode)name)]) };
    }

    /// <summary>What is said about a file never keeps its tensors from being listed.</summary>
    private static ModelOptions? ModelIn(WeightFile file, bool ours)
    {
        try
        {
            return ours ? Checkpoint.ConfigOf(file).Model : ModelFamilies.TryRecognise(file);
        }
        catch (GraftException)
        {
            return null;
        }
    }

    /// <summary>Of the dense, row-major, little-endian bytes; empty where the file only describes the tensor.</summary>
    private static string Hash(WeightEntry entry)
    {
        string hash = entry.HasData ? entry.Sha256() : "";
        entry.Release();
        return hash;
    }
}
