using Graft.Detectors;

namespace Graft.Models.YoloWorld;

/// <summary>The adapter sites of YOLO-World, both versions and all sizes.</summary>
public static class YoloWorldSites
{
    /// <summary>Four in the backbone, ten in the neck, six in the head.</summary>
    /// <remarks>The class sites see the embedding before it is compared with the text, the box sites the 4·bins distribution
    /// logits.</remarks>
    public static IReadOnlyList<AdapterSite> All { get; } =
    [
        .. Enumerable.Range(1, 4).Select(
            s => new AdapterSite($"backbone.stage{s}", $"backbone.image_model.stage{s}", $"backbone.adapters.stage{s}")),
        .. NeckSites("reduce", 3), .. NeckSites("top_down", 2), .. NeckSites("bottom_up", 2), .. NeckSites("out", 3),
        .. Head("cls"), .. Head("reg"),
    ];

    /// <summary>The ten places in the neck.</summary>
    public static IReadOnlyList<string> Neck { get; } = ["neck.**"];

    private static IEnumerable<AdapterSite> NeckSites(string position, int count)
        => Enumerable.Range(0, count).Select(
            i => new AdapterSite($"neck.{position}.{i}", $"neck.{position}_layers.{i}", $"neck.{position}_adapters.{i}"));

    private static IEnumerable<AdapterSite> Head(string branch) => Enumerable.Range(0, 3).Select(i => new AdapterSite(
        $"head.{branch}.{i}", $"bbox_head.head_module.{branch}_preds.{i}", $"bbox_head.head_module.{branch}_adapters.{i}"));
}
