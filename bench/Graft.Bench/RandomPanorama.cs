using System.Runtime.InteropServices;
using Graft.Files;
using Graft.Peft;
using Graft.Torch.Layers;
using Graft.VisionLanguage;

namespace Graft.Bench;

/// <summary>A PanoramaVLM checkpoint of random values with the published names: wrapped by Lightning and PEFT, with aliases, and with
/// the LoRA beside it.</summary>
internal static class RandomPanorama
{
    private const int Piece = 1 << 16;

    /// <summary>Sizes of the published model, and of a small one with the same names.</summary>
    internal static PanoramaVlmOptions Sizes(string size) => size switch
    {
        "full" => new PanoramaVlmOptions(),
        "tiny" => new PanoramaVlmOptions
        {
            Vision = new SiglipOptions { Width = 48, MlpWidth = 80, Layers = 3, Heads = 4, Patch = 8, Image = 32 },
            Resampler = new QFormerOptions { Queries = 16, Layers = 2, VocabularySize = 40, Positions = 20 },
            Language = new QwenOptions { VocabularySize = 131, Width = 56, MlpWidth = 88, Layers = 3, Heads = 6, KeyHeads = 3, HeadWidth = 16 },
            LatentWidth = 40,
            VicRegWidth = 24,
            VisionTokenId = 130,
        },
        _ => throw new GraftException(Failure.Usage, $"size is '{size}'; full or tiny was expected."),
    };

    /// <summary>Writes <c>checkpoint.ckpt</c>, <c>model_config.json</c> and <c>lora_weights</c>.</summary>
    internal static string Write(string folder, PanoramaVlmOptions sizes, int rank, double alpha, int seed)
    {
        using Init.Skipping skipped = Init.Skip();
        using PanoramaVlm model = new(sizes);
        List<ExpectedWeight> published = [.. PanoramaNames.Published(model)];
        List<string> modules = [.. model.Language.Projections.Select(projection => projection.Path)];
        HashSet<string> adapted = [.. modules.Select(module => $"language_model.{module}.weight")];
        Dictionary<string, IReadOnlyList<long>> shapes = published.ToDictionary(weight => weight.Name, weight => weight.Shape);
        WeightData A(string module) => Random($"{module}.lora_A", [rank, shapes[$"language_model.{module}.weight"][1]], seed);
        WeightData B(string module) => Random($"{module}.lora_B", [shapes[$"language_model.{module}.weight"][0], rank], seed);
        List<(string Name, WeightData Tensor)> names = [];
        foreach (ExpectedWeight weight in published)
        {
            string first = PanoramaNames.FirstNameOf(weight.Name, sizes.Language.TiedHead);
            WeightData tensor = Random(first, weight.Shape, seed);
            if (!weight.Name.StartsWith("language_model.", StringComparison.Ordinal))
            {
                names.Add(("model." + weight.Name, tensor));
                continue;
            }

            string inner = "model.language_model.base_model.model." + weight.Name["language_model.".Length..];
            if (!adapted.Contains(weight.Name))
            {
                names.Add((inner, tensor));
                continue;
            }

            string module = weight.Name["language_model.".Length..^".weight".Length], path = inner[..^".weight".Length];
            names.AddRange([(path + ".base_layer.weight", tensor), (path + ".lora_A.default.weight", A(module)), (path + ".lora_B.default.weight", B(module))]);
        }

        string file = Path.Combine(folder, "checkpoint.ckpt");
        LightningCheckpoint.Write(file, names, new Dictionary<string, object>
        {
            ["stage"] = "finetune",
            ["overlap_ratio"] = sizes.Overlap,
            ["max_text_length"] = sizes.MaxTextLength,
            ["use_lora_cfg"] = new Dictionary<string, object>
            {
                ["use_lora"] = true,
                ["rank"] = rank,
                ["alpha"] = alpha,
                ["target_modules"] = modules.Select(module => module[(module.LastIndexOf('.') + 1)..]).Distinct().ToList(),
            },
        });
        PanoramaConfig.Write(Path.Combine(folder, PanoramaConfig.FileName), sizes);
        PeftWriter.Write(Path.Combine(folder, "lora_weights"), [.. modules.Select(module => new LoraPair(module, A(module), B(module), alpha / rank))]);
        return file;
    }

    /// <summary>Small uniform values that depend on name and seed alone; ones for norm scales, zeros for biases.</summary>
    private static WeightData Random(string name, IReadOnlyList<long> shape, int seed)
    {
        if (shape.Count == 1)
        {
            float value = name.EndsWith(".bias", StringComparison.Ordinal) || name.EndsWith("_bias", StringComparison.Ordinal) ? 0 : 1;
            return new WeightData(name, ElementType.Float32, shape, use => Emit(shape[0], () => value, use));
        }

        ulong start = name.Aggregate(14695981039346656037UL ^ (ulong)seed, (hash, c) => (hash ^ c) * 1099511628211UL);
        return new WeightData(name, ElementType.Float32, shape, use =>
        {
            ulong state = start;
            Emit(shape.Aggregate(1L, (product, size) => product * size), Next, use);

            float Next()
            {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                return ((state >> 40) / (float)(1 << 24) - 0.5f) * 0.08f;
            }
        });
    }

    private static void Emit(long count, Func<float> next, Action<ReadOnlySpan<byte>> use)
    {
        float[] piece = new float[(int)Math.Min(Piece, count)];
        for (long at = 0; at < count; at += piece.Length)
        {
            int length = (int)Math.Min(piece.Length, count - at);
            for (int i = 0; i < length; i++)
            {
                piece[i] = next();
            }

            use(MemoryMarshal.AsBytes(piece.AsSpan(0, length)));
        }
    }
}
