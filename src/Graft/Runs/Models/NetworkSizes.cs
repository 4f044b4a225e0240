using System.Diagnostics;
using System.Text.Json.Nodes;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;
using Graft.Reports;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Runs;

/// <summary>How large a network is: layer by layer, and in its published forms.</summary>
public static class NetworkSizes
{
    /// <summary>The layer table of one image; networks that read text get one word a class.</summary>
    /// <param name="network">The network.</param>
    /// <param name="side">Side of the image in pixels, a multiple of 32.</param>
    public static LayerTable Layers(Module network, int side) => LayerTable.Of(network, () =>
    {
        bool trained = network.Training;
        network.Train(false);
        Tensor image = Tensor.Zeros(1, 3, side, side).To(MemoryFormat.ChannelsLast);
        switch (network)
        {
            case YoloWorld world:
                world.Forward(image, Tensor.Ones(1, world.Options.NumClasses, world.Options.TextDim));
                break;
            case YoloV10 ten:
                ten.Forward(image);
                break;
            default:
                throw new UnreachableException($"Nobody knows how to run a {network.GetType().Name}.");
        }

        network.Train(trained);
    });

    /// <summary>The table for scripts.</summary>
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

    /// <summary>A network's four forms for scripts: as trained, folded, the one-to-one head alone, and deployed.</summary>
    public static JsonObject ToJson(YoloV10Counts counts) => new()
    {
        ["training"] = ToJson(counts.Training),
        ["folded"] = ToJson(counts.Folded),
        ["one_to_one"] = ToJson(counts.OneToOne),
        ["deployed"] = ToJson(counts.Deployed),
    };

    private static JsonObject ToJson(YoloV10Size size) => new()
    {
        ["parameters"] = size.Parameters,
        ["keys"] = size.Keys,
        ["flops"] = size.Flops,
        ["gflops"] = Math.Round(size.Gflops, 2),
        ["attention_gflops"] = Math.Round(size.AttentionFlops / 1e9, 3),
    };
}
