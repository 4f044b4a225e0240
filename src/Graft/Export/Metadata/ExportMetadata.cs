using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Graft.Detectors;
using Graft.Files;

namespace Graft.Export;

/// <summary>Metadata of an exported model: the keys that loaders of YOLO models read, with their spelling, and Graft's own under
/// <c>x-graft-</c>.</summary>
internal static class ExportMetadata
{
    private const int Format = 1, Padding = 114;

    internal static Dictionary<string, string> Of(IDetector source, ExportOptions options, ExportDescription description, ExportProof proof)
    {
        bool endToEnd = source.Network.IsEndToEnd || options.Suppression;
        Dictionary<string, string> metadata = new()
        {
            // Loaders choose their decoder by the family named here; it stands for the layout of the output.
            ["description"] = $"Ultralytics {(endToEnd ? "YOLOv10" : "YOLOv8")} layout, exported by Graft, model trained on {description.TrainedOn}",
            ["author"] = "Graft",
            ["date"] = description.Date.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture),
            ["version"] = description.Version,
            ["license"] = "see x-graft-source",
            ["docs"] = "see x-graft-source",
            ["stride"] = Invariant($"{source.Network.Strides.Max()}"),
            ["task"] = "detect",
            ["batch"] = Invariant($"{options.Size.Batch}"),
            ["imgsz"] = Invariant($"[{options.Size.Height}, {options.Size.Width}]"),
            ["names"] = $"{{{string.Join(", ", description.Names.Select((name, i) => $"{i}: '{name.Replace('\'', '’')}'"))}}}",
            ["channels"] = "3",
            ["args"] = $"{{'batch': {options.Size.Batch}, 'half': {Python(options.Half)}, 'dynamic': {Python(options.DynamicSize || options.DynamicBatch)}, 'nms': {Python(options.Suppression)}}}",
            ["x-graft-format"] = Invariant($"{Format}"),
            ["x-graft-model"] = Json(new { family = description.Family, name = description.Name }),
            ["x-graft-names"] = Json(description.Names),
            ["x-graft-preprocess"] = Json(new
            {
                fit_first = source.InputFit.FitFirst,
                scale_up = source.InputFit.ScaleUp,
                multiple = options.DynamicSize ? source.InputFit.Multiple : 0,
                padding = Padding,
                channels = "rgb",
                range = 1.0,
            }),
            ["x-graft-postprocess"] = Json(new
            {
                decode = endToEnd ? "end2end" : "cxcywh",
                score = options.Thresholds.ScoreThreshold,
                iou = options.Thresholds.IouThreshold,
                candidates = options.Thresholds.Candidates,
                max_per_image = options.Thresholds.MaxPerImage,
                multi_label = options.Thresholds.MultiLabel,
                class_agnostic = options.Thresholds.ClassAgnostic,
            }),
            ["x-graft-proof"] = Json(new
            {
                max_abs = proof.MaxAbs,
                boxes = proof.Boxes,
                boxes_max_px = proof.BoxesMaxPx,
                scores_max = proof.ScoresMax,
                chosen = proof.Chosen,
                images = proof.Images,
                inputs = proof.Inputs,
            }),
        };
        if (endToEnd)
        {
            metadata["end2end"] = "True";
        }

        if (description.ClassThresholds.Count > 0)
        {
            metadata["x-graft-thresholds"] = Json(description.ClassThresholds);
        }

        if (options.TextInput && source is ITextDetector { Vocabulary.Embeddings: { } rows })
        {
            metadata["x-graft-text"] = Json(new { input = "text", width = source.Network.TextWidth, source = description.TextSource, encoder = description.TextEncoder?.Name, encoder_sha256 = description.TextEncoder?.Hash });
            metadata["x-graft-text-default"] = Convert.ToBase64String(MemoryMarshal.AsBytes<float>(rows));
        }

        foreach ((string key, string value) in description.Provenance)
        {
            metadata[$"x-graft-{key}"] = value;
        }

        return metadata;
    }

    private static string Python(bool value) => value ? "True" : "False";

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, JsonStyles.Compact);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
