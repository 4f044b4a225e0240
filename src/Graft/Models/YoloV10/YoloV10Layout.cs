using System.Globalization;
using Graft.Files;

namespace Graft.Models.YoloV10;

/// <summary>Recognises YOLOv10 in the tensors of a file.</summary>
public static class YoloV10Layout
{
    private const string OneToOneClasses = "model.23.one2one_cv3.0.2.weight";

    /// <summary>How the family is told.</summary>
    internal static ModelFamily Family { get; } = new(TryRecognise, Describe, ConfigOf);

    /// <summary>Whether names are those of a YOLOv10.</summary>
    /// <param name="names">Names of a file's tensors.</param>
    public static bool Fits(IEnumerable<string> names) => names.Contains(OneToOneClasses);

    /// <summary>Layout, sizes and form of the network in a file.</summary>
    /// <param name="file">Its tensors have the official names.</param>
    /// <param name="yaml">The layer table that Ultralytics keeps beside the weights; null without.</param>
    /// <exception cref="GraftException">The sizes are none of the published ones, and the file does not say them.</exception>
    public static YoloV10Options Of(WeightFile file, PickleValue? yaml = null)
    {
        WeightShapes[] all = [.. WeightShapes.Of(file)];
        return TryOf(Array.Find(all, shapes => Fits(shapes.Names)) ?? all[0], yaml) ?? throw new GraftException(
            Failure.Model, $"{file.Path} holds a YOLOv10 of none of the published sizes.",
            "Name its sizes: --config with model.scale, model.depth, model.width, model.max_channels and model.nc.");
    }

    private static YoloV10Options? TryRecognise(WeightShapes shapes) => Fits(shapes.Names) ? TryOf(shapes, null) : null;

    private static string? Describe(ModelOptions model)
        => model is not YoloV10Options ten ? null
            : (ten.Depth ?? ten.Width ?? ten.MaxChannels) is null ? $"YOLOv10, size {ten.Scale}"
            : string.Create(CultureInfo.InvariantCulture, $"YOLOv10, layout {ten.Scale} (depth {ten.Depth}, width {ten.Width}, widest {ten.MaxChannels})");

    private static string? ConfigOf(ModelOptions model)
        => model is YoloV10Options { Depth: null, Width: null, MaxChannels: null } ten ? $"yolov10/{ten.Scale.ToString().ToLowerInvariant()}" : null;

    private static YoloV10Options? TryOf(WeightShapes file, PickleValue? yaml)
    {
        string[] names = [.. file.Names];
        YoloV10Options form = new()
        {
            Nc = (int)file[OneToOneClasses][0],
            Folded = !names.Any(name => name.EndsWith(".bn.weight", StringComparison.Ordinal)),
            OneToMany = names.Contains("model.23.cv3.0.2.weight"),
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
            && options.LargeKernel == (file.TryGet($"model.22.m.0.cv1.2.conv{(options.Folded ? "" : ".conv")}.weight")?[^1] == 7);

    private static bool HasSizesOf(YoloV10Options options, WeightShapes file, string[] names)
        => file.TryGet("model.0.conv.weight")?[0] == options.Channels(64)
            && file.TryGet("model.9.cv2.conv.weight")?[0] == options.Channels(1024)
            && names.Count(name => NameMap.Fits("model.4.m.*.cv2.conv.weight", name)) == options.Blocks(6);

    /// <summary>Depth, width and most channels, as the layer table gives them for its scale.</summary>
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
