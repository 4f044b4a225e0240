using System.Text.Json.Nodes;
using Graft.Adapters;
using Graft.Torch.Layers;

namespace Graft.Runs;

/// <summary>Counts of the parameters of a network, and which are trainable.</summary>
/// <param name="Total">Parameters of the detector with its adapters, without a text encoder.</param>
/// <param name="Trainable">Trainable parameters.</param>
/// <param name="Adapters">Parameters of adapters.</param>
/// <param name="TrainableNames">Names of the trainable parameters.</param>
/// <param name="WithoutEffect">Patterns of the configuration that match nothing.</param>
public sealed record ModelSummary(
    long Total, long Trainable, long Adapters, IReadOnlyList<string> TrainableNames, IReadOnlyList<string> WithoutEffect)
{
    /// <summary>Parameters of CLIP ViT-B/32's text encoder with its projection.</summary>
    public const long TextEncoder = 63_428_096;

    /// <summary>Parameters with those of the text encoder, where the detector has one.</summary>
    public long TotalWithText { get; init; } = Total;

    /// <summary>Counts the parameters of a network.</summary>
    public static ModelSummary Of(Module network, AttachedAdapters? attached = null) => new(
        network.ParameterCount, network.TrainableCount, attached?.Adapters.Sum(planned => planned.Adapter.ParameterCount) ?? 0,
        Names(network.Parameters().Where(entry => entry.Parameter.Trainable).Select(entry => entry.Name)), []);

    /// <summary>Counts the parameters that a network has after a plan is applied.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="readsText">Whether the detector has a text encoder besides the network.</param>
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
