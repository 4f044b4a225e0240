namespace Graft.Export;

/// <summary>Ultralytics' AutoBackend: reads every value of the metadata as a Python literal.</summary>
internal static class UltralyticsRules
{
    internal static IEnumerable<(bool Fatal, string Text)> Find(LoadedModel model)
    {
        foreach ((bool, string) missing in model.Missing("stride", "task", "batch", "imgsz", "names"))
        {
            yield return missing;
        }

        foreach (string key in new[] { "stride", "batch", "channels" })
        {
            if (model.Metadata.TryGetValue(key, out string? value) && !int.TryParse(value, out _))
            {
                yield return (true, $"reads {key} as an integer, found {value}");
            }
        }

        if (model.Inputs > 1)
        {
            yield return (true, "feeds one input, this model has the text as a second one");
        }

        if (model.Metadata.GetValueOrDefault("names", "").Contains('\\', StringComparison.Ordinal))
        {
            yield return (true, "reads a backslash in a class name as the start of an escape");
        }
    }
}
