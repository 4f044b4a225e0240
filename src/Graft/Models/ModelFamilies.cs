using Graft.Files;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;

namespace Graft.Models;

/// <summary>Which network a weight file belongs to, by its names and shapes.</summary>
public static class ModelFamilies
{
    /// <summary>One line a family.</summary>
    private static readonly ModelFamily[] All = [YoloWorldLayout.Family, YoloV10Layout.Family];

    /// <summary>Signs of families that Graft reads no network of: classes in the file, or names that only they have.</summary>
    private static readonly (string Family, string[] Classes, string[] Names)[] Others =
    [
        ("RT-DETR", ["ultralytics.nn.tasks.RTDETRDetectionModel"], ["*decoder.denoising_class_embed.weight", "*.dec_score_head.0.weight"]),
        ("a DETR or Grounding DINO", [], ["*transformer.decoder.layers.0.*", "*class_embed.0.*", "*query_embed.weight"]),
        ("a segmentation network of the YOLO family", ["ultralytics.nn.tasks.SegmentationModel", "models.yolo.SegmentationModel"], ["model.22.proto.*", "model.23.proto.*"]),
        ("a key-point network of the YOLO family", ["ultralytics.nn.tasks.PoseModel"], []),
        ("an oriented-box network of the YOLO family", ["ultralytics.nn.tasks.OBBModel"], []),
        ("a classifier of the YOLO family", ["ultralytics.nn.tasks.ClassificationModel", "models.yolo.ClassificationModel"], []),
        ("YOLOv5", ["models.yolo.Model", "models.yolo.DetectionModel"], ["model.24.m.0.weight", "model.24.anchors"]),
        ("YOLOv8", [], ["model.22.cv2.0.0.conv.weight"]),
        ("YOLO11 or YOLO12", [], ["model.10.m.0.attn.qkv.conv.weight", "model.23.cv3.0.0.0.conv.weight", "model.21.cv3.0.0.0.conv.weight"]),
    ];

    /// <summary>The network that a file's tensors belong to, or null.</summary>
    public static ModelOptions? TryRecognise(WeightFile file)
        => WeightShapes.Of(file).SelectMany(shapes => All.Select(family => family.TryRecognise(shapes))).FirstOrDefault(found => found is not null);

    /// <summary>The name of a known family that Graft has no network of; null for other files.</summary>
    public static string? OtherFamily(WeightFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        string[] names = [.. WeightShapes.Of(file).SelectMany(shapes => shapes.Names).Distinct()];
        return YoloV10Layout.Fits(names) ? null : Others.FirstOrDefault(other => other.Classes.Any(file.ForeignClasses.ContainsKey)
            || other.Names.Any(pattern => names.Any(name => NameMap.Fits(pattern, name)))).Family;
    }

    /// <summary>A network in words.</summary>
    public static string Describe(ModelOptions model) => All.Select(family => family.Describe(model)).FirstOrDefault(text => text is not null) ?? "another network";

    /// <summary>Says of which size or family a file is when that is not what was asked for; null when both are the same or the file is not known.</summary>
    /// <param name="file">The file.</param>
    /// <param name="inFile">The network that it says itself that it holds; null: read off its shapes.</param>
    /// <param name="asked">The network that was asked for.</param>
    public static (string Message, string Hint)? Difference(WeightFile file, ModelOptions? inFile, ModelOptions asked)
    {
        ArgumentNullException.ThrowIfNull(file);
        string name = Printable.Name(file.Path, 400), wanted = Describe(asked);
        if ((inFile ?? TryRecognise(file)) is not { } found)
        {
            return OtherFamily(file) is { } other
                ? ($"{name} is {other}; the configuration is {wanted}.", "Graft has the networks YOLO-World (v1, v2) and YOLOv10.")
                : null;
        }

        string text = Describe(found);
        string? config = All.Select(family => family.ConfigOf(found)).FirstOrDefault(one => one is not null);
        return text == wanted ? null
            : ($"{name} is {text}; the configuration is {wanted}.",
                $"{(config is null ? "Use a configuration of that size" : $"Use the configuration {config}")}; val and predict need none, they read the sizes off the file.");
    }
}
