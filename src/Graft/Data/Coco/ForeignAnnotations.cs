using System.Text.Json;

namespace Graft.Data;

/// <summary>Recognises annotation files of other tools, so that a message can name what it found.</summary>
internal static class ForeignAnnotations
{
    private const int Largest = 64 << 20;

    /// <summary>Names the format of a JSON file, such as "a LabelMe file"; null when it is unknown.</summary>
    public static string? NameOf(byte[] bytes)
    {
        if (bytes.Length > Largest)
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            JsonElement root = document.RootElement;
            return root.ValueKind switch
            {
                JsonValueKind.Object => OfObject(root),
                JsonValueKind.Array when root.GetArrayLength() > 0 && root[0].ValueKind == JsonValueKind.Object => OfEntry(root[0]),
                _ => null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? OfObject(JsonElement root)
    {
        if (Has(root, "shapes", "imagePath"))
        {
            return "a LabelMe file, which describes one image";
        }

        if (Has(root, "_via_img_metadata") || Has(root, "_via_settings"))
        {
            return "a VIA project";
        }

        if (Has(root, "assets") || Has(root, "asset", "regions"))
        {
            return "a VoTT export in its own JSON";
        }

        JsonElement first = root.EnumerateObject().Select(property => property.Value).FirstOrDefault();
        return first.ValueKind == JsonValueKind.Object && Has(first, "regions", "filename") ? "a VIA annotation file" : null;
    }

    private static string? OfEntry(JsonElement entry)
        => Has(entry, "image", "annotations") ? "a CreateML annotation file"
            : Has(entry, "image_id", "score") ? "a COCO result file, which holds detections"
            : Has(entry, "asset", "regions") ? "a VoTT export in its own JSON"
            : Has(entry, "data") || Has(entry, "annotations") ? "a Label Studio export in its own JSON"
            : null;

    private static bool Has(JsonElement element, params string[] names) => names.All(name => element.TryGetProperty(name, out _));
}
