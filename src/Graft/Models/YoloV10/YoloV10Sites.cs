using Graft.Detectors;

namespace Graft.Models.YoloV10;

/// <summary>The adapter sites of YOLOv10: behind each numbered layer of backbone and neck.</summary>
public static class YoloV10Sites
{
    private static readonly int[] Layers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 16, 17, 19, 20, 22];

    /// <summary><c>layer.4</c> is behind <c>model.4</c>, and so on; layers that only concatenate or upsample have no number here.</summary>
    public static IReadOnlyList<AdapterSite> All { get; }
        = [.. Layers.Select(layer => new AdapterSite($"layer.{layer}", $"model.{layer}", $"adapters.{layer}"))];

    /// <summary>The six places in the neck: its four blocks and the two strided layers between them.</summary>
    public static IReadOnlyList<string> Neck { get; } = ["layer.{13,16,17,19,20,22}"];
}
