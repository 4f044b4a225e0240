using System.Text.Json.Nodes;
using Graft.Cli.Rendering;
using Graft.Files;
using Graft.Runs;

namespace Graft.Cli.Commands;

/// <summary>Shows the contents of a weight file: tensors, network, class names, metadata, and the globals of a pickle.</summary>
internal static class InspectWeights
{
    private const int LongestNote = 160, ShownGlobals = 10, ShownNames = 20;

    internal static void Show(string path, bool withHashes, Output output)
    {
        using WeightFile file = WeightFile.Open(path);
        string[]? hashes = withHashes ? [.. file.Entries.Select(Hash)] : null;
        output.Line($"{path}: {file.Format}, {file.Entries.Count} tensors, {file.Entries.Sum(entry => entry.ElementCount):N0} values");
        WeightSummary summary = WeightSummary.Of(file);
        Identity(summary, output);
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

        if (summary.Globals.Count > 0)
        {
            output.Line($"pickle globals: {Listed.First(Names(summary.Globals), ShownGlobals)} (not executed)");
        }

        output.Result(new JsonObject
        {
            ["path"] = path,
            ["format"] = file.Format.ToString(),
            ["origin"] = file.Origin,
            ["model"] = summary.Network,
            ["class_names"] = new JsonArray([.. summary.ClassNames.Select(name => (JsonNode)name)]),
            ["globals"] = new JsonArray([.. summary.Globals.Select(name => (JsonNode)name)]),
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

    /// <summary>Which network the tensors belong to, and the class names in the file.</summary>
    private static void Identity(WeightSummary summary, Output output)
    {
        if (summary.Network is not null)
        {
            output.Line($"network: {summary.Network}{(summary.IsKnown ? "" : ", which Graft does not implement")}");
        }

        if (summary.ClassNames.Count > 0)
        {
            output.Line($"class names: {Listed.First(Names(summary.ClassNames), ShownNames)}");
        }
    }

    private static string[] Names(IEnumerable<string> names) => [.. names.Select(name => Printable.Name(name))];

    /// <summary>Of the dense, row-major, little-endian bytes; empty where the file only describes the tensor.</summary>
    private static string Hash(WeightEntry entry)
    {
        string hash = entry.HasData ? entry.Sha256() : "";
        entry.Release();
        return hash;
    }
}
