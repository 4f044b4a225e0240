namespace Graft.VisionLanguage;

/// <summary>Infers a model's sizes from the shapes of its weights; sizes that shapes do not determine are those of the published models of those widths.</summary>
internal sealed class PanoramaShapes(string source, IReadOnlyDictionary<string, IReadOnlyList<long>> shapes)
{
    private const string Vision = "vision_backbone.encoder.", Resampler = "resampler_module.resampler.", Decoder = "language_model.model.";

    /// <summary>The sizes; overlap, stitching and text length stay at their defaults.</summary>
    public PanoramaVlmOptions Infer()
    {
        int patches = Size(Vision + "embeddings.position_embedding.weight", 0), patch = Size(Vision + "embeddings.patch_embedding.weight", 2);
        int width = Size(Vision + "embeddings.patch_embedding.weight", 0);
        QwenOptions language = Language();
        return new PanoramaVlmOptions
        {
            Vision = new SiglipOptions
            {
                Width = width,
                MlpWidth = Size(Vision + "encoder.layers.0.mlp.fc1.weight", 0),
                Layers = Count(Vision + "encoder.layers."),
                Heads = width switch { 768 => 12, 1024 or 1152 => 16, _ => throw Unknown($"the number of heads of a vision encoder of width {width}") },
                Patch = patch,
                Image = (int)Math.Round(Math.Sqrt(patches)) * patch,
            },
            Resampler = ResamplerOptions(),
            Language = language,
            LatentWidth = Size("projector.linear.weight", 1),
            VicRegWidth = Size("vicreg_projector.mlp.0.weight", 0),
            VisionNorm = shapes.ContainsKey("vision_backbone.norm.weight"),
            VisionTokenId = language.VocabularySize - 1,                  // added last; the table was truncated after it
        };
    }

    private ResamplerOptions ResamplerOptions()
    {
        if (shapes.ContainsKey(Resampler + "query"))
        {
            return new QFormerOptions
            {
                Queries = Size(Resampler + "query", 1),
                Layers = Count(Resampler + "bert.encoder.layer."),
                VocabularySize = Size(Resampler + "bert.embeddings.word_embeddings.weight", 0),
                Positions = Size(Resampler + "bert.embeddings.position_embeddings.weight", 0),
            };
        }

        if (shapes.ContainsKey(Resampler + "mlp.0.weight"))
        {
            int depth = shapes.Count(s => s.Key.StartsWith(Resampler + "mlp.", StringComparison.Ordinal) && s.Value.Count == 2);
            return new MlpResamplerOptions { Depth = depth, HiddenWidth = Size(Resampler + "mlp.0.weight", 0) };
        }

        int width = Size(Resampler + "input_proj.weight", 0);
        string first = Resampler + "blocks.0.forward_block.";
        return new BiMambaOptions
        {
            Width = width,
            Blocks = Count(Resampler + "blocks."),
            StateSize = Size(first + "A_log", 1),
            ConvTaps = Size(first + "conv1d.weight", 2),
            Expand = (Size(first + "A_log", 0) + 1e-6) / width,           // so that truncation returns the inner width
        };
    }

    private QwenOptions Language()
    {
        string attention = Decoder + "layers.0.self_attn.";
        int width = Size(Decoder + "embed_tokens.weight", 1);
        bool normed = shapes.ContainsKey(attention + "q_norm.weight");
        int head = normed ? Size(attention + "q_norm.weight", 0)
            : width switch { 896 => 64, 1536 or 2048 or 3584 => 128, _ => throw Unknown($"the head width of a Qwen2 model of width {width}") };
        return new QwenOptions
        {
            VocabularySize = Size(Decoder + "embed_tokens.weight", 0),
            Width = width,
            MlpWidth = Size(Decoder + "layers.0.mlp.gate_proj.weight", 0),
            Layers = Count(Decoder + "layers."),
            Heads = Size(attention + "q_proj.weight", 0) / head,
            KeyHeads = Size(attention + "k_proj.weight", 0) / head,
            HeadWidth = head,
            TiedHead = !shapes.ContainsKey("language_model.lm_head.weight"),
            QueryKeyValueBias = shapes.ContainsKey(attention + "q_proj.bias"),
            QueryKeyNorm = normed,
        };
    }

    private int Size(string name, int axis) => shapes.TryGetValue(name, out IReadOnlyList<long>? shape) && shape.Count > axis
        ? checked((int)shape[axis])
        : throw new GraftException(Failure.Model, $"{source}: there is no {name}; this is not a PanoramaVLM checkpoint, or only a part of one.");

    private int Count(string prefix) => shapes.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
        .Select(name => name[prefix.Length..].Split('.')[0]).Distinct().Count();

    private GraftException Unknown(string what) => new(Failure.Model,
        $"{source}: {what} cannot be inferred from its weights.", $"Put {PanoramaConfig.FileName} with the sizes beside the checkpoint.");
}
