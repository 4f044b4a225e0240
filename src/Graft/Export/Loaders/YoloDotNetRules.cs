namespace Graft.Export;

/// <summary>YoloDotNet: chooses the decoder by the beginning of the description, and needs fixed sizes.</summary>
internal static class YoloDotNetRules
{
    private static readonly string[] Families =
        ["yolov5", "yolov8", "yoloe-v8", "yolov9", "yolov10", "yolo11", "yoloe-11", "yolov12", "yolo26", "rt-detr"];

    internal static IEnumerable<(bool Fatal, string Text)> Find(LoadedModel model)
    {
        foreach ((bool, string) missing in model.Missing("task", "description", "names"))
        {
            yield return missing;
        }

        if (model.Input.Any(length => length < 1))
        {
            yield return (true, "needs fixed sizes, this model has dynamic ones");
        }

        if (model.Inputs > 1)
        {
            yield return (true, "feeds one input, this model has the text as a second one");
        }

        string description = model.Metadata.GetValueOrDefault("description", "").ToLowerInvariant();
        string? family = Array.Find(Families, name => description.StartsWith($"ultralytics {name}", StringComparison.Ordinal));
        if (family is null && !description.Contains("worldv2", StringComparison.Ordinal))
        {
            yield return (true, "does not know the family in the description");
        }

        if (model.IsEndToEnd && family != "yolov10")
        {
            yield return (true, "would decode the boxes of the built-in NMS as centres and sizes");
        }
        else if (family == "yolov10")
        {
            yield return (false, "decodes right with proportional resize only, not with stretched");
        }

        string names = model.Metadata.GetValueOrDefault("names", "");
        if (Split(names) != Split(names, ": "))
        {
            yield return (true, "splits class names at \", \" and \": \"");
        }
    }

    /// <summary>Parts of the list of names; as many as numbers when no name contains a separator.</summary>
    private static int Split(string names, string separator = ", ") => names.Split(separator).Length - (separator == ": " ? 1 : 0);
}
