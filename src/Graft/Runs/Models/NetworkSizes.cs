using System.Text.Json.Nodes;
using Graft.Detectors;
using Graft.Models;
using Graft.Reports;

namespace Graft.Runs;

/// <summary>Sizes of a network: per layer, and in its published forms.</summary>
public static class NetworkSizes
{
    /// <summary>The layer table of one image; networks that read text get one prompt per class.</summary>
    /// <param name="network">The network.</param>
    /// <param name="side">Side of the image in pixels, a multiple of 32.</param>
    public static LayerTable Layers(DetectionNetwork network, int side)
    {
        ArgumentNullException.ThrowIfNull(network);
        return LayerTable.Of(network, () => network.Probe(side, network.Classes));
    }

    /// <summary>The table as JSON.</summary>
    public static JsonArray ToJson(LayerTable table) => new([.. table.Rows.Select(row => (JsonNode)new JsonObject
    {
        ["name"] = row.Path,
        ["kind"] = row.Kind,
        ["output"] = new JsonArray([.. row.Output.Select(length => (JsonNode)length)]),
        ["parameters"] = row.Parameters,
        ["trainable"] = row.Trainable,
        ["flops"] = row.Flops.Published,
        ["product_flops"] = row.Flops.Products,
        ["leaf"] = row.IsLeaf,
    })]);

    /// <summary>A network's forms as JSON, by name.</summary>
    public static JsonObject ToJson(IReadOnlyList<NetworkForm> forms)
        => new(forms.Select(form => KeyValuePair.Create(form.Name, (JsonNode?)ToJson(form.Size))));

    private static JsonObject ToJson(NetworkSize size) => new()
    {
        ["parameters"] = size.Parameters,
        ["keys"] = size.Keys,
        ["flops"] = size.Flops,
        ["gflops"] = Math.Round(size.Gflops, 2),
        ["attention_gflops"] = Math.Round(size.AttentionFlops / 1e9, 3),
    };
}
