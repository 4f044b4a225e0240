using System.Text.Json.Nodes;
using Graft.Torch.Layers;

namespace Graft.Runs;

/// <summary>How many values a network has and which of them learn.</summary>
/// <param name="Total">Learnable values of the detector, without a text tower.</param>
/// <param name="Trainable">Those that will learn.</param>
/// <param name="TrainableNames">Their names.</param>
public sealed record ModelSummary(long Total, long Trainable, IReadOnlyList<string> TrainableNames)
{
    /// <summary>Values of CLIP ViT-B/32's text tower with its projection.</summary>
    public const long TextTower = 63_428_096;

    /// <summary>Counts a network as it stands.</summary>
    public static ModelSummary Of(Module network) => new(
        network.ParameterCount, network.TrainableCount,
        [.. network.Parameters().Where(entry => entry.Parameter.Trainable).Select(entry => entry.Name).Order(StringComparer.Ordinal)]);

    /// <summary>The fields that scripts read.</summary>
    public JsonObject ToJson() => new()
    {
        ["total"] = Total,
        ["total_with_text"] = Total + TextTower,
        ["trainable"] = Trainable,
        ["adapters"] = 0,
        ["trainable_names"] = new JsonArray([.. TrainableNames.Select(name => (JsonNode)name)]),
        ["without_effect"] = new JsonArray(),
    };
}
