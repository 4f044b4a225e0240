using System.Text.Json.Nodes;
using Graft.Export;

namespace Graft.Cli.Rendering;

/// <summary>Shows an export: its proof, its nodes, and which loaders read it.</summary>
internal static class ExportOutput
{
    private const double Megabyte = 1e6;

    internal static void Print(ExportReport report, Output output)
    {
        ExportProof proof = report.Proof;
        output.Line($"nodes: {string.Join(", ", report.Nodes.Select(node => $"{node.Operator} {node.Count}"))}");
        output.Line($"outputs: {string.Join(", ", report.Outputs.Select(value => $"{value.Name} [{value.Shape}]"))}, opset {report.Opset}, {report.Bytes / Megabyte:f1} MB");
        string boxes = proof.Boxes == 0 ? "no boxes to compare" : $"{Counted.Of(proof.Boxes, "box")}, moved by {proof.BoxesMaxPx:g2} px at most, scores by {proof.ScoresMax:g2}";
        output.Line($"ONNX Runtime agrees on {Counted.Of(proof.Inputs, "input")} ({Counted.Of(proof.Images, "real image")}): largest difference {proof.MaxAbs:g2}; {boxes}");
        if (proof.Chosen > 0)
        {
            output.Line($"the graph chooses {Counted.Of(proof.Chosen, "final box", "final boxes")} among its candidates as the model does");
        }

        if (proof.Half is { } half)
        {
            output.Line($"float16 weights: {Counted.Of(half.Before, "box")}, moved by {half.MaxPixels:g2} px at most, scores by {half.MaxScore:g2}");
        }

        if (report.Rewrite is { } rewrite && rewrite.GflopsAfter > 0)
        {
            output.Line($"{rewrite.GflopsBefore:f2} GFLOP before, {rewrite.GflopsAfter:f2} after");
        }

        if (report.Int8 is { } int8)
        {
            output.Line($"int8: mAP {int8.MapBefore:f4} before, {int8.MapAfter:f4} after; {int8.MsBefore:f1} ms before, {int8.MsAfter:f1} ms after, {int8.Speedup:f2} times as fast");
            output.Line($"{int8.BytesBefore / Megabyte:f1} MB before, {int8.BytesAfter / Megabyte:f1} MB after; {int8.Method} on {Counted.Of(int8.Images, "image")}, "
                + $"{int8.InFloat.Count} of {Counted.Of(int8.Layers, "layer")} in float");
        }

        foreach ((string name, LoaderVerdict verdict) in report.Loaders)
        {
            string objections = verdict.Objections.Count == 0 ? "" : $": {string.Join("; ", verdict.Objections)}";
            output.Line($"{name} {(verdict.Reads ? "reads it" : "does not read it")}{objections}");
        }

        output.Notes(report.Notes);
        foreach (AdapterReport adapter in report.Adapters)
        {
            output.Line($"{adapter.Name}: largest difference {adapter.Proof.MaxAbs:g2}, {adapter.Bytes / Megabyte:f2} MB, {adapter.Path}");
        }

        output.Line($"Written: {report.Path}");
        JsonObject result = new()
        {
            ["out"] = report.Path,
            ["bytes"] = report.Bytes,
            ["opset"] = report.Opset,
            ["outputs"] = new JsonArray([.. report.Outputs.Select(value => new JsonObject { ["name"] = value.Name, ["shape"] = value.Shape })]),
            ["nodes"] = new JsonObject(report.Nodes.Select(node => KeyValuePair.Create(node.Operator, (JsonNode?)node.Count))),
            ["max_abs"] = proof.MaxAbs,
            ["boxes"] = proof.Boxes,
            ["boxes_max_px"] = proof.BoxesMaxPx,
            ["scores_max"] = proof.ScoresMax,
            ["chosen"] = proof.Chosen,
            ["images"] = proof.Images,
            ["inputs"] = proof.Inputs,
            ["adapters"] = new JsonArray([.. report.Adapters.Select(adapter => new JsonObject
            {
                ["name"] = adapter.Name,
                ["out"] = adapter.Path,
                ["bytes"] = adapter.Bytes,
                ["names"] = new JsonArray([.. adapter.Names.Select(name => (JsonNode?)name)]),
                ["max_abs"] = adapter.Proof.MaxAbs,
            })]),
            ["loaders"] = new JsonObject(report.Loaders.Select(loader => KeyValuePair.Create(loader.Key, (JsonNode?)new JsonObject
            {
                ["reads"] = loader.Value.Reads,
                ["objections"] = new JsonArray([.. loader.Value.Objections.Select(text => (JsonNode?)text)]),
            }))),
        };
        if (report.Int8 is { } measured)
        {
            result["int8"] = Int8(measured);
        }

        output.Result(result);
    }

    private static JsonObject Int8(Int8Report int8) => new()
    {
        ["map_before"] = int8.MapBefore,
        ["map_after"] = int8.MapAfter,
        ["drop"] = int8.Drop,
        ["ms_before"] = int8.MsBefore,
        ["ms_after"] = int8.MsAfter,
        ["speedup"] = int8.Speedup,
        ["bytes_before"] = int8.BytesBefore,
        ["bytes_after"] = int8.BytesAfter,
        ["method"] = int8.Method.ToString(),
        ["in_float"] = new JsonArray([.. int8.InFloat.Select(name => (JsonNode?)name)]),
        ["layers"] = int8.Layers,
        ["images"] = int8.Images,
    };
}
