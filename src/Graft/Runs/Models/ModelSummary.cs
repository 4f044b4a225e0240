using System.Text.Json.Nodes;
using Graft.Adapters;
using Graft.Torch.Layers;

namespace Graft.Runs;

/// <summary>How many values a network has and which of them learn.</summary>
/// <param name="Total">Learnable values of the detector with its adapters, without a text tower.</param>
/// <param name="Trainable">Those that will learn.</param>
/// <param name="Adapters">Those that belong to adapters.</param>
/// <param name="TrainableNames">Names of what will learn.</param>
/// <param name="WithoutEffect">Patterns of the configuration that match nothing.</param>
public sealed record ModelSummary(
    long Total, long Trainable, long Adapters, IReadOnlyList<string> TrainableNames, IReadOnlyList<string> WithoutEffect)
{
    /// <summary>Values of CLIP ViT-B/32's text tower with its projection.</summary>
    public const long TextEncoder = 63_428_096;

    /// <summary>Learnable values with those of the text tower, where the detector has one.</summary>
    public long TotalWithText { get; init; } = Total + TextEncoder;

    /// <summary>Counts a network as it stands.</summary>
    public static ModelSummary Of(Module network, AttachedAdapters? attached = null) => new(
        network.ParameterCount, network.TrainableCount, attached?.Adapters.Sum(planned => planned.Adapter.ParameterCount) ?? 0,
        Names(network.Parameters().Where(entry => entry.Parameter.Trainable).Select(entry => entry.Name)), []);

    /// <summary>Counts what a plan would make of a network.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="readsText">Whether the detector has a text tower beside the network.</param>
    public static ModelSummary Of(AdapterPlan plan, bool readsText = true)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new ModelSummary(plan.Total, plan.Trainable, plan.AdapterCount, Names(plan.Groups.Select(group => group.Name)), plan.WithoutEffect)
        {
            TotalWithText = plan.Total + (readsText ? TextEncoder : 0),
        };
    }

    /// <summary>The fields that scripts read.</summary>
    public JsonObject ToJson() => new()
    {
        ["total"] = Total,
        ["total_with_text"] = TotalWithText,
        ["trainable"] = Trainable,
        ["adapters"] = Adapters,
        ["trainable_names"] = new JsonArray([.. TrainableNames.Select(name => (JsonNode)name)]),
        ["without_effect"] = new JsonArray([.. WithoutEffect.Select(pattern => (JsonNode)pattern)]),
    };

    private static string[] Names(IEnumerable<string> names) => [.. names.Order(StringComparer.Ordinal)];
}
