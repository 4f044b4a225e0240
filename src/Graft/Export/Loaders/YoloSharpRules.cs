namespace Graft.Export;

/// <summary>YoloSharp (dme-compunet): chooses the decoder by the shape of the output.</summary>
internal static class YoloSharpRules
{
    private const int EndToEndRows = 300;

    internal static IEnumerable<(bool Fatal, string Text)> Find(LoadedModel model)
    {
        foreach ((bool, string) missing in model.Missing("author", "description", "version", "task", "batch", "imgsz", "names"))
        {
            yield return missing;
        }

        if (model.OutputName != "output0")
        {
            yield return (true, "needs the output name output0");
        }

        if (model.Inputs > 1)
        {
            yield return (true, "feeds one input, this model has the text as a second one");
        }

        long[] output = model.Output;
        if (model.IsEndToEnd != (output.Length == 3 && output[1] == EndToEndRows))
        {
            yield return (true, model.IsEndToEnd
                ? $"recognises final boxes by {EndToEndRows} rows, this output has {output[1]}"
                : "would take the output for final boxes: 296 classes give 300 rows");
        }

        if (model.Metadata.GetValueOrDefault("names", "").Contains('_', StringComparison.Ordinal))
        {
            yield return (false, "shows underscores of class names as spaces");
        }

        yield return (false, "pads with black and resamples by nearest neighbour unless told otherwise, so scores differ a little");
    }
}
