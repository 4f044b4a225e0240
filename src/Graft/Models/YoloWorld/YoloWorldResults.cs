using Graft.Detectors;
using Graft.Models.Blocks;
using Graft.Torch;

namespace Graft.Models.YoloWorld;

/// <summary>Every intermediate result of YOLO-World, named as in the reference data.</summary>
internal static class YoloWorldResults
{
    /// <summary>Runs the network.</summary>
    /// <param name="network">Weights loaded, in evaluation mode.</param>
    /// <param name="inputs"><c>image</c>, <c>text</c> where the network reads any, <c>text_mask</c> on request.</param>
    internal static List<(string Name, Tensor Value)> Of(YoloWorld network, IReadOnlyDictionary<string, Tensor> inputs)
    {
        Tensor? text = inputs.GetValueOrDefault("text");
        if (text is { Rank: 2 })
        {
            text = text.Unsqueeze(0);
        }

        Pyramid backbone = network.Backbone.Forward(inputs["image"]);
        Pyramid neck = network.Neck.Forward(backbone, text, out Tensor? enhanced);
        RawDetections raw = network.Head.Forward(neck, text);
        List<(string Name, Tensor Value)> results = [];
        for (int level = 0; level < 3; level++)
        {
            results.Add(($"backbone_p{level + 3}", backbone.Levels[level]));
            results.Add(($"neck_p{level + 3}", neck.Levels[level]));
            results.Add(($"cls_logits_p{level + 3}", raw.Logits[level]));
            results.Add(($"bbox_dist_p{level + 3}", RawDecoding.ExpectMap(raw.Distributions[level])));
            results.Add(($"dfl_logits_p{level + 3}", raw.Distributions[level]));
            results.Add(($"cls_embed_p{level + 3}", network.Head.Embed(neck.Levels[level], level)));
        }

        if (network.Neck.Enhancer is not null)
        {
            results.Add(("enhanced_text", enhanced!));
        }

        if (inputs.GetValueOrDefault("text_mask") is { } mask)
        {
            RawDetections masked = network.Head.Forward(neck, text, (mask.Rank == 1 ? mask.Unsqueeze(0) : mask).To(DType.Bool));
            results.AddRange(masked.Logits.Select((map, level) => ($"masked_cls_logits_p{level + 3}", map)));
        }

        Anchors anchors = Anchors.Of(raw, Head.Strides);
        (Tensor boxes, Tensor scores) = RawDecoding.Decode(raw, Head.Strides);
        results.AddRange(
        [
            ("priors_xy", Tensor.From(anchors.Centres, anchors.Count, 2)), ("prior_strides", Tensor.From(anchors.Strides, anchors.Count)),
            ("decoded_boxes_xyxy", boxes), ("scores_sigmoid", scores),
        ]);
        return results;
    }
}
