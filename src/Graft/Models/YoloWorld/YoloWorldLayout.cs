using System.Globalization;
using Graft.Files;

namespace Graft.Models.YoloWorld;

/// <summary>Recognises YOLO-World in the names and shapes of a file, official or Ultralytics'.</summary>
public static class YoloWorldLayout
{
    private const string Image = "backbone.image_model.", Head = "bbox_head.head_module.", Gate = ".attn_block.guide_fc.weight";

    private static readonly (string Size, double Widen, double Deepen, int Last)[] Published =
    [
        ("N", 0.25, 0.33, 1024), ("S", 0.5, 0.33, 1024), ("M", 0.75, 0.67, 768), ("L", 1, 1, 512), ("X", 1.25, 1, 512), ("XL", 1.5, 1, 512),
    ];

    private static readonly string[] Gates = ["neck.top_down_layers.1", "neck.top_down_layers.0", "neck.bottom_up_layers.1"];

    /// <summary>Whether names are those of the official checkpoints, with a network that reads text.</summary>
    /// <param name="names">Names of a file's tensors.</param>
    public static bool Fits(IReadOnlyCollection<string> names)
        => names.Contains(Image + "stem.conv.weight") && names.Contains(Gates[0] + Gate) && names.Contains(Head + "cls_preds.0.2.weight");

    /// <summary>Sizes of the network, from shapes under the official names.</summary>
    /// <exception cref="GraftException">A tensor that determines a size is missing.</exception>
    public static YoloWorldOptions Of(WeightShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        int Size(string name, int axis) => (int)shapes[name][axis];
        int version = YoloV8WorldNames.VersionOf(shapes.Names);
        double widen = Size(Image + "stage2.0.conv.weight", 0) / 256.0;
        int blocks = shapes.Names.Count(name => NameMap.Fits(Image + "stage2.1.blocks.*.conv1.conv.weight", name));
        int level = Size("neck.top_down_layers.1.final_conv.conv.weight", 0), text = Size(Gates[0] + Gate, 1);
        int hidden = Size(Head + "cls_preds.0.0.conv.weight", 0), embedding = Size(Head + "cls_preds.0.2.weight", 0);
        YoloWorldOptions options = new()
        {
            Version = version,
            WidenFactor = widen,
            DeepenFactor = blocks switch { 2 => 0.33, 4 => 0.67, _ => blocks / 6.0 },
            LastStageOutChannels = (int)Math.Round(Size(Image + "stage4.0.conv.weight", 0) / widen),
            NeckEmbedChannels = [.. Gates.Select(layer => Size(layer + Gate, 0))],
            NeckNumHeads = [.. Gates.Select(layer => Size(layer + ".attn_block.bias", 0))],
            NumClasses = hidden > level ? hidden : Math.Min(80, level),
            TextDim = text,
            EmbedDims = embedding == text ? null : embedding,
            RegMax = Size(Head + "reg_preds.0.2.weight", 0) / 4,
            Form = new YoloWorldForm(Folded: shapes.TryGet(Image + "stem.bn.weight") is null),
        };
        return version == 1 ? options with { EnhancerChannels = Size("neck.text_enhancer.query.1.weight", 0) } : options;
    }

    /// <summary>The form in which a file holds the network; null: the tensors are of another network.</summary>
    internal static YoloWorldForm? FormOf(WeightShapes shapes)
    {
        if (shapes.TryGet(Image + "stem.conv.weight") is null)
        {
            return YoloV8WorldNames.Fit(shapes.Names) ? FormOf(shapes.Renamed(YoloV8WorldNames.ToOfficial(YoloV8WorldNames.VersionOf(shapes.Names)))) : null;
        }

        bool folded = shapes.TryGet(Image + "stem.bn.weight") is null;
        bool composed = folded && !shapes.Names.Any(name => name.StartsWith(Head + "cls_contrasts.0.", StringComparison.Ordinal));
        IReadOnlyList<long>? head = shapes.TryGet(Head + (composed ? "cls_preds.0.2.weight" : "cls_contrasts.0.conv.weight"));
        IReadOnlyList<long>? neck = shapes.TryGet("neck.top_down_layers.0.attn_block.guide_convs.0.weight");
        return new(folded, composed, (int)(head?[0] ?? 0), (int)(neck?[0] ?? 0));
    }

    /// <summary>A description of version, size and baked classes.</summary>
    internal static string Describe(YoloWorldOptions world)
    {
        string size = SizeOf(world) is { } published ? $"size {published}" : "a size of its own";
        string baked = world.Form.BakedHead > 0 ? $", {world.Form.BakedHead} classes baked in" : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"YOLO-World v{world.Version}, {size} (widen {world.WidenFactor:0.###}, deepen {world.DeepenFactor:0.###}, last stage {world.LastStageOutChannels}){baked}");
    }

    /// <summary>The shipped configuration of a published size; null for others.</summary>
    internal static string? ConfigOf(YoloWorldOptions world)
        => SizeOf(world) is { } size && !(world.Version == 1 && size == "XL") ? $"yolo_world/v{world.Version}_{size.ToLowerInvariant()}" : null;

    /// <summary>The published size with the same channels and blocks; null for others.</summary>
    private static string? SizeOf(YoloWorldOptions world)
        => Published.FirstOrDefault(one => one.Last == world.LastStageOutChannels && one.Widen.Equals(world.WidenFactor)
            && Math.Abs(one.Deepen - world.DeepenFactor) < 0.01).Size;
}
