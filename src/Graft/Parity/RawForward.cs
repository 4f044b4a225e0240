using Graft.Detectors;
using Graft.Files;
using Graft.Models;
using Graft.Models.Blocks;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;
using Graft.Runs;
using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Weights;

namespace Graft.Parity;

/// <summary>Raw tensors in, every named tensor out: for comparing with any other implementation.</summary>
public static class RawForward
{
    /// <summary>Runs a network in evaluation mode.</summary>
    /// <param name="config">Which network.</param>
    /// <param name="weights">Its weight file; must fit completely.</param>
    /// <param name="inputs">By name: <c>image</c> (B×3×H×W, RGB in 0..1) and, for networks that read text, <c>text</c> (1 or B × N × D) and <c>text_mask</c>.</param>
    /// <returns>Named results; the caller's scope owns them.</returns>
    public static IReadOnlyList<(string Name, Tensor Value)> Run(RunConfig config, string weights, IReadOnlyDictionary<string, Tensor> inputs)
    {
        using NoGrad off = NoGrad.Begin();
        Tensor image = inputs.GetValueOrDefault("image") ?? throw Missing("image", inputs);
        if (image.Rank != 4 || image.Size(1) != 3 || image.Size(2) % 32 != 0 || image.Size(3) % 32 != 0)
        {
            throw new GraftException(
                Failure.Data, $"The input 'image' has the shape {string.Join("×", image.Shape)}.", "Expected B×3×H×W with H and W multiples of 32.");
        }

        switch (config.Model)
        {
            case YoloWorldOptions world:
                using (YoloWorld network = new(world))
                {
                    if (config.Tuning is { } tuning)
                    {
                        Tuning.Plan(network, tuning).Apply();
                    }

                    Load(network, weights, world);
                    return World(network, image, inputs);
                }

            case YoloV10Options ten:
                using (YoloV10 network = new(ten))
                {
                    Load(network, weights, ten);
                    return YoloV10Forward.Run(network, image);
                }

            default:
                throw new GraftException(Failure.Usage, $"graft forward has no network for this configuration.");
        }
    }

    private static void Load(Module network, string weights, ModelOptions asked)
    {
        using WeightFile file = WeightFile.Open(weights);
        ModelFiles.RequireWhole(file);
        ModelFiles.Load(network, file, asked, null, asked is YoloWorldOptions ? WithoutTextTower : LoadOptions.Exact);
    }

    /// <summary>Official files carry the text tower and its position numbers, which the detector itself does not need.</summary>
    public static LoadOptions WithoutTextTower { get; } = new() { MayExceed = ["backbone.text_model.*"] };

    /// <summary>Runs one adapter, with gradients when an output gradient is given.</summary>
    /// <param name="module">The adapter, weights loaded.</param>
    /// <param name="input">B×C×H×W.</param>
    /// <param name="gradient">Gradient of the output, or null.</param>
    /// <param name="train">Training behaviour (batch statistics).</param>
    public static IReadOnlyList<(string Name, Tensor Value)> Run(Layer module, Tensor input, Tensor? gradient, bool train)
    {
        module.Train(train);
        if (gradient is null)
        {
            using NoGrad off = NoGrad.Begin();
            return [("y", module.Forward(input)), .. Statistics(module, train)];
        }

        input.RequiresGrad = true;
        Tensor output = module.Forward(input);
        output.Backward(gradient);
        return
        [
            ("y", output.Detach()), ("grad_input", input.Grad!),
            .. module.Parameters().Where(entry => entry.Parameter.Trainable)
                .Select(entry => ("grad:" + entry.Name, entry.Parameter.Value.Grad ?? entry.Parameter.Value.ZerosLike())),
            .. Statistics(module, train),
        ];
    }

    /// <summary>
    /// Loads <c>param:NAME</c> and <c>buffer:NAME</c> of an npz, or plain names of any weight file, into a module. A file that marks its
    /// weights so may hold recorded inputs and results beside them.
    /// </summary>
    /// <exception cref="GraftException">The weights do not fit; the message holds the report.</exception>
    public static LoadReport LoadModule(Layer module, string path)
    {
        using WeightFile file = WeightFile.Open(path);
        NameMap map = new() { ["param:*"] = "*", ["buffer:*"] = "*" };
        if (file.Entries.Any(entry => entry.Name.StartsWith("param:", StringComparison.Ordinal)))
        {
            map["*"] = NameMap.Drop("neither param:NAME nor buffer:NAME");
        }

        return module.LoadWeights(file, map).ThrowUnlessComplete();
    }

    private static IEnumerable<(string, Tensor)> Statistics(Module module, bool train)
        => train ? module.State().Where(entry => entry.Parameter.IsBuffer).Select(entry => ("buffer:" + entry.Name, entry.Parameter.Value)) : [];

    private static List<(string Name, Tensor Value)> World(YoloWorld network, Tensor image, IReadOnlyDictionary<string, Tensor> inputs)
    {
        Tensor? text = inputs.GetValueOrDefault("text");
        if (text is { Rank: 2 })
        {
            text = text.Unsqueeze(0);
        }

        bool reads = network.Options.BakedHead == 0 || network.Options.BakedNeck == 0;
        if (reads && text is null)
        {
            throw Missing("text", inputs);
        }

        if (reads && text!.Size(2) != network.Options.TextDim)
        {
            throw new GraftException(
                Failure.Data, $"The input 'text' has the width {text.Size(2)}; the model expects {network.Options.TextDim}.", "Set model.text_dim, or embed with a text tower of that width.");
        }

        Pyramid backbone = network.Backbone.Forward(image);
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

    private static GraftException Missing(string name, IReadOnlyDictionary<string, Tensor> inputs)
        => new(Failure.Usage, $"The input '{name}' is missing; given: {(inputs.Count == 0 ? "none" : string.Join(", ", inputs.Keys))}.", $"Add --input {name}=FILE.npy.");
}
