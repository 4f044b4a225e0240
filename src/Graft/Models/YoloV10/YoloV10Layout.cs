using System.Globalization;
using Graft.Files;

namespace Graft.Models.YoloV10;

/// <summary>Recognises YOLOv10 in the tensors of a file.</summary>
public static class YoloV10Layout
{
    private const string OneToOneClasses = "model.23.one2one_cv3.0.2.weight";

    /// <summary>Whether names are those of a YOLOv10.</summary>
    /// <param name="names">Names of a file's tensors.</param>
    public static bool Fits(IEnumerable<string> names) => names.Contains(OneToOneClasses);

    /// <summary>Layout, sizes and form of the network in a file.</summary>
    /// <param name="shapes">Tensors under the official names.</param>
    /// <param name="yaml">The layer table that Ultralytics stores beside the weights; null without.</param>
    /// <exception cref="GraftException">The sizes are not published ones, and the file does not state them.</exception>
    public static YoloV10Options Of(WeightShapes shapes, PickleValue? yaml = null)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return TryOf(shapes, yaml) ?? throw new GraftException(
            Failure.Model, $"{shapes.File} holds a YOLOv10 of none of the published sizes.",
            "Name its sizes: --config with model.scale, model.depth, model.width, model.max_channels and model.nc.");
    }

    /// <summary>A description of layout and size.</summary>
    internal static string Describe(YoloV10Options model)
        => (model.Depth ?? model.Width ?? model.MaxChannels) is null ? $"YOLOv10, size {model.Scale}"
            : string.Create(CultureInfo.InvariantCulture, $"YOLOv10, layout {model.Scale} (depth {model.Depth}, width {model.Width}, widest {model.MaxChannels})");

    /// <summary>The shipped configuration of a published size; null for others.</summary>
    internal static string? ConfigOf(YoloV10Options model)
        => model is { Depth: null, Width: null, MaxChannels: null } ? $"yolov10/{model.Scale.ToString().ToLowerInvariant()}" : null;

    /// <summary>The form in which a file holds the network; null: the tensors are of another network.</summary>
    internal static YoloV10Form? FormOf(WeightShapes shapes) => !Fits(shapes.Names) ? null : new(
        Folded: !shapes.Names.Any(name => name.EndsWith(".bn.weight", StringComparison.Ordinal)),
        OneToMany: shapes.TryGet("model.23.cv3.0.2.weight") is not null);

    /// <summary>Layout, sizes and form; null: none of the published sizes.</summary>
    internal static YoloV10Options? TryOf(WeightShapes file, PickleValue? yaml)
    {
        string[] names = [.. file.Names];
        YoloV10Options form = new()
        {
            Nc = (int)file[OneToOneClasses][0],
            Form = FormOf(file)!,
        };
        YoloV10Scale[] layouts =
            [.. Enum.GetValues<YoloV10Scale>().Where(scale => HasCompactLayersOf(form with { Scale = scale }, file, names))];
        if (layouts.Length > 0 && Factors(yaml) is { } factors)
        {
            return form with { Scale = layouts[0], Depth = factors[0], Width = factors[1], MaxChannels = (int)factors[2] };
        }

        return layouts.Select(scale => form with { Scale = scale }).FirstOrDefault(options => HasSizesOf(options, file, names));
    }

    private static bool HasCompactLayersOf(YoloV10Options options, WeightShapes file, string[] names)
        => new[] { 6, 8, 13, 19, 22 }.All(layer =>
            options.IsCompact(layer) == names.Any(name => name.StartsWith($"model.{layer}.m.0.cv1.0.", StringComparison.Ordinal)))
            && options.LargeKernel == (file.TryGet($"model.22.m.0.cv1.2.conv{(options.Form.Folded ? "" : ".conv")}.weight")?[^1] == 7);

    private static bool HasSizesOf(YoloV10Options options, WeightShapes file, string[] names)
        => file.TryGet("model.0.conv.weight")?[0] == options.Channels(64)
            && file.TryGet("model.9.cv2.conv.weight")?[0] == options.Channels(1024)
            && names.Count(name => NameMap.Fits("model.4.m.*.cv2.conv.weight", name)) == options.Blocks(6);

    /// <summary>Depth, width and maximum channels, as the layer table gives them for its scale.</summary>
    private static double[]? Factors(PickleValue? yaml)
    {
        PickleValue? scales = yaml?["scales"];
        PickleValue? triple = yaml?["scale"]?.Text is { } scale
            ? scales?[scale]
            : scales is PickleDictionary { Entries: [var first, ..] } ? first.Value : null;
        double?[] numbers = triple is PickleSequence { Items.Count: 3 } list ? [.. list.Items.Select(item => item.Number)] : [];
        return numbers is [{ } depth and > 0 and <= 4, { } width and > 0 and <= 4, { } most and >= 8 and <= 8192]
            ? [depth, width, most]
            : null;
    }
}
