using Graft.Files;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;
using Graft.Torch.Layers;

namespace Graft.Models;

/// <summary>The families of networks that Graft builds, and which of them a weight file belongs to.</summary>
public static class ModelFamilies
{
    private static readonly Lock Registering = new();

    /// <summary>One line per family: the only place outside a family's folder that names it. The first one is the default.</summary>
    private static IReadOnlyList<ModelFamily> _all =
    [
        YoloWorldFamily.Instance,
        YoloV10Family.Instance,
    ];

    /// <summary>Signs of families that Graft does not support: classes in the file, or names that only they have.</summary>
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

    /// <summary>The registered families.</summary>
    public static IReadOnlyList<ModelFamily> All => _all;

    /// <summary>Options of the network that a configuration without <c>model:</c> builds.</summary>
    public static ModelOptions Default => _all[0].Defaults;

    /// <summary>The families by name, for messages.</summary>
    public static string Titles => string.Join(", ", _all.Select(family => family.Title));

    /// <summary>Registers a family defined by the program; call it before the first configuration or weight file is read.</summary>
    /// <exception cref="ArgumentException">The kind is taken by another family.</exception>
    public static void Register(ModelFamily family)
    {
        ArgumentNullException.ThrowIfNull(family);
        lock (Registering)
        {
            if (_all.FirstOrDefault(known => known.Kind == family.Kind) is not { } taken)
            {
                _all = [.. _all, family];
            }
            else if (taken.GetType() != family.GetType())
            {
                throw new ArgumentException($"The kind '{family.Kind}' is {taken.Title}.", nameof(family));
            }
        }
    }

    /// <summary>The network that a file's tensors belong to, or null.</summary>
    public static ModelOptions? TryRecognise(WeightFile file)
        => WeightShapes.Of(file).SelectMany(shapes => _all.Select(family => family.TryRecognise(shapes))).FirstOrDefault(found => found is not null);

    /// <summary>Options in the form (folded, baked) in which a file holds the network.</summary>
    /// <param name="model">Which network, and its sizes.</param>
    /// <param name="file">Its weights; those of another network leave the options unchanged.</param>
    public static ModelOptions WithFormOf(ModelOptions model, WeightFile file)
    {
        ArgumentNullException.ThrowIfNull(model);
        return WeightShapes.Of(file).Select(model.WithFormOf).FirstOrDefault(formed => formed != model) ?? model;
    }

    /// <summary>The name of a known family that Graft does not support; null for other files.</summary>
    public static string? OtherFamily(WeightFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        string[] names = [.. WeightShapes.Of(file).SelectMany(shapes => shapes.Names).Distinct()];
        return _all.Any(family => family.Fits(names)) ? null : Others.FirstOrDefault(other => other.Classes.Any(file.ForeignClasses.ContainsKey)
            || other.Names.Any(pattern => names.Any(name => NameMap.Fits(pattern, name)))).Family;
    }

    /// <summary>Names of the blocks of all families that can run alone.</summary>
    public static IEnumerable<string> Blocks => _all.SelectMany(family => family.Blocks);

    /// <summary>Builds a block with fresh weights.</summary>
    /// <param name="name">One of <see cref="Blocks"/>.</param>
    /// <param name="arguments">Constructor arguments by name.</param>
    /// <exception cref="GraftException">No such block, an argument is missing, or its value does not fit.</exception>
    public static Layer CreateBlock(string name, IReadOnlyDictionary<string, string> arguments)
        => (_all.FirstOrDefault(family => family.Blocks.Contains(name)) ?? throw new GraftException(
            Failure.Usage, $"There is no block '{name}'.", Nearest.Suggestion(name, Blocks) ?? $"Known are {string.Join(", ", Blocks)}."))
            .CreateBlock(name, arguments);

    /// <summary>Describes the size or family of a file when it differs from the requested one; null when both agree or the file is not
    /// recognised.</summary>
    /// <param name="file">The file.</param>
    /// <param name="inFile">The network that the file's metadata names; null: recognised by its shapes.</param>
    /// <param name="asked">The requested network.</param>
    public static (string Message, string Hint)? Difference(WeightFile file, ModelOptions? inFile, ModelOptions asked)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(asked);
        string name = Printable.Name(file.Path, 400), wanted = asked.Description;
        if ((inFile ?? TryRecognise(file)) is not { } found)
        {
            return OtherFamily(file) is { } other
                ? ($"{name} is {other}; the configuration is {wanted}.", $"Graft has the networks {Titles}.")
                : null;
        }

        string text = found.Description;
        return text == wanted ? null
            : ($"{name} is {text}; the configuration is {wanted}.",
                $"{(found.ConfigName is { } config ? $"Use the configuration {config}" : "Use a configuration of that size")}; val and predict need none, they read the sizes off the file.");
    }
}
