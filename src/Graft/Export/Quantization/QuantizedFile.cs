using System.Text.Json;
using Google.Protobuf;
using Graft.Files;
using Onnx;

namespace Graft.Export;

/// <summary>The int8 model that was accepted, with its metadata.</summary>
internal static class QuantizedFile
{
    /// <summary>Adds what was measured to the metadata and gives the file its name. Times stay out of it: equal exports are equal files.</summary>
    /// <param name="source">The report of the float model.</param>
    /// <param name="quantized">The int8 model.</param>
    /// <param name="path">Target; complete or absent.</param>
    /// <param name="measured">What was measured while it was quantized, with scores.</param>
    /// <param name="timing">The speed of both.</param>
    /// <param name="images">Number of calibration images.</param>
    internal static ExportReport Write(ExportReport source, string quantized, string path, QuantizationReport measured, OnnxTiming timing, int images)
    {
        Int8Report int8 = new()
        {
            MapBefore = measured.FloatScore!.Value,
            MapAfter = measured.QuantizedScore!.Value,
            MsBefore = timing.First,
            MsAfter = timing.Second,
            Speedup = timing.Speedup,
            BytesBefore = measured.FloatBytes,
            BytesAfter = measured.QuantizedBytes,
            Method = measured.Method,
            InFloat = [.. measured.InFloat.Select(layer => layer.Name)],
            Layers = measured.Layers.Count,
            Images = images,
        };
        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(quantized));
        model.MetadataProps.Add(new StringStringEntryProto
        {
            Key = "x-graft-int8",
            Value = JsonSerializer.Serialize(
                new { method = int8.Method.ToString(), map_before = int8.MapBefore, map_after = int8.MapAfter, images = int8.Images, layers = int8.Layers, in_float = int8.InFloat },
                JsonStyles.Compact),
        });
        Dictionary<string, string> metadata = model.MetadataProps.ToDictionary(entry => entry.Key, entry => entry.Value);
        byte[] bytes = model.ToByteArray();
        AtomicFile.WriteBytes(path, bytes);
        return source with
        {
            Path = path,
            Bytes = bytes.Length,
            Nodes = ExportReport.Count(model.Graph),
            Loaders = LoaderRules.All.ToDictionary(rules => rules.Name, rules => rules.Check(model, metadata)),
            Int8 = int8 with { BytesAfter = bytes.Length },
        };
    }
}
