using Graft.Torch;

namespace Graft.VisionLanguage;

/// <summary>Raw tensors through every stage of a PanoramaVLM, for comparison with other implementations.</summary>
public static class PanoramaForward
{
    private const string FusedMask = "fused_attention_mask", Logits = "logits_";

    /// <summary>
    /// Runs all stages, then the language model without LoRA, with it unmerged and with it merged; greedy answers of the first sample
    /// where there is a text.
    /// </summary>
    /// <param name="path">A checkpoint, or a folder of checkpoints.</param>
    /// <param name="opening">How it is opened; its setting for merging is ignored.</param>
    /// <param name="inputs">
    /// <c>pixel_values</c> (B×V×3×I×I, −1..1) and, for the language model, <c>input_ids</c>, <c>attention_mask</c> and <c>labels</c> (B×L each, the last two optional).
    /// </param>
    /// <param name="steps">Number of ids of the greedy answers; 0: no answers.</param>
    /// <returns>Named results; the caller's scope owns them.</returns>
    public static IReadOnlyList<(string Name, Tensor Value)> Run(
        string path, PanoramaOpening opening, IReadOnlyDictionary<string, Tensor> inputs, int steps = 8)
    {
        ArgumentNullException.ThrowIfNull(opening);
        ArgumentNullException.ThrowIfNull(inputs);
        using NoGrad off = NoGrad.Begin();
        Tensor views = inputs.GetValueOrDefault("pixel_values") ?? throw new GraftException(
            Failure.Usage, "The input 'pixel_values' is missing.", "Add --input pixel_values=FILE.npy (B,V,3,I,I in -1..1).");
        List<(string Name, Tensor Value)> results = [];
        LoraChoice used;
        using (PanoramaModel opened = PanoramaModel.Open(path, opening with { Merge = false }))
        {
            CheckViews(opened.Model, views);
            used = opened.Check.Used;
            Stages(opened.Model, views, results);
            if (Texts(inputs, views, opened.Model) is not { } texts)
            {
                return results;
            }

            FusedSequence fused = opened.Model.Forward(views, texts).Sequence;
            long rows = fused.Rows, length = fused.Length;
            results.AddRange([("fused_embeds", fused.Embeddings), (FusedMask, Tensor.From(fused.Mask, rows, length)), ("fused_labels", Tensor.From(fused.Labels, rows, length))]);
            Language(opened.Model, views, texts, used == LoraChoice.None ? "base_without_lora" : "lora_unmerged", used == LoraChoice.None ? "greedy_ids_base" : null, steps, results);
            if (used == LoraChoice.None)
            {
                return results;
            }

            PanoramaCheckpoint.Merge(opened.Model);
            Language(opened.Model, views, texts, "lora_merged", "greedy_ids_merged", steps, results);
        }

        using PanoramaModel plain = PanoramaModel.Open(path, opening with { Lora = LoraChoice.None });
        Language(plain.Model, views, Texts(inputs, views, plain.Model)!, "base_without_lora", "greedy_ids_base", steps, results);
        return results;
    }

    /// <summary>Masks of the results with padding, by name: B×L, 0 at padding.</summary>
    /// <param name="results">The results of <see cref="Run"/>.</param>
    public static IReadOnlyDictionary<string, Tensor> MasksOf(IReadOnlyList<(string Name, Tensor Value)> results)
        => results.FirstOrDefault(result => result.Name == FusedMask).Value is { } mask
            ? results.Where(result => result.Name.StartsWith(Logits, StringComparison.Ordinal)).ToDictionary(result => result.Name, _ => mask)
            : new Dictionary<string, Tensor>();

    private static void Stages(PanoramaVlm model, Tensor views, List<(string Name, Tensor Value)> results)
    {
        Tensor raw = model.Vision.Forward(views.Rank == 4 ? views : views.Flatten(0, 1)), patches = model.EncodeViews(views);
        Tensor tokens = model.Resampler.Forward(patches);
        Tensor perView = tokens.Reshape(views.Size(0), -1, tokens.Size(1), tokens.Size(2));
        double overlap = model.Options.Overlap;
        results.AddRange(
        [
            ("vision_last_hidden", raw), ("vision_pooler", model.Vision.Pool(raw)), ("vision_normed", patches), ("resampled", tokens),
            ("projection_pe", PanoramaProjector.PositionalCode((int)perView.Size(1), (int)tokens.Size(1), (int)tokens.Size(2), overlap)),
            ("vision_tokens", model.Projector.Forward(perView, overlap, StitchingMode.Concat)),
            ("vision_tokens_drop_overlap", model.Projector.Forward(perView, overlap, StitchingMode.DropOverlap)),
            ("vicreg_projected", model.ProjectForVicReg(tokens)),
            ("vicreg_loss_pairwise", model.VicRegLoss(views)), ("vicreg_loss_batchwise", model.VicRegLoss(views, batchwise: true)),
        ]);
    }

    private static void Language(
        PanoramaVlm model, Tensor views, TextTokens[] texts, string form, string? greedy, int steps, List<(string Name, Tensor Value)> results)
    {
        (Tensor logits, FusedSequence fused) = model.Forward(views, texts);
        results.Add((Logits + form, logits));
        if (Array.Exists(fused.Labels, label => label >= 0))
        {
            results.Add(($"loss_{form}", QwenDecoder.Loss(logits, fused.Labels)));
        }

        if (greedy is not null && steps > 0)
        {
            int[] kept = [.. texts[0].Ids.Where((_, i) => texts[0].Mask?[i] != 0)];
            int[] ids = PanoramaGenerator.Generate(model, views.Narrow(0, 0, 1), kept, [], GenerationOptions.Greedy with { MaxNewTokens = steps });
            results.Add((greedy, Tensor.From([.. ids.Select(id => (long)id)], ids.Length)));
        }
    }

    private static TextTokens[]? Texts(IReadOnlyDictionary<string, Tensor> inputs, Tensor views, PanoramaVlm model)
    {
        if (inputs.GetValueOrDefault("input_ids") is not { } ids)
        {
            return null;
        }

        if (ids.Rank != 2 || ids.Size(0) != views.Size(0))
        {
            throw new GraftException(Failure.Data, $"The input 'input_ids' has the shape {string.Join("×", ids.Shape)}.", $"Expected {views.Size(0)} rows, one for each sample of pixel_values.");
        }

        int length = (int)ids.Size(1);
        int[] all = Whole("input_ids")!;
        if (all.FirstOrDefault(id => id < 0 || id >= model.Options.Language.VocabularySize, -1) is not -1 and int wrong)
        {
            throw new GraftException(Failure.Data, $"The input 'input_ids' holds {wrong}; the vocabulary of the model is 0 to {model.Options.Language.VocabularySize - 1}.");
        }

        int[]? mask = Whole("attention_mask"), labels = Whole("labels");
        return [.. Enumerable.Range(0, (int)ids.Size(0)).Select(row => new TextTokens(Row(all, row), labels is null ? null : Row(labels, row), mask is null ? null : Row(mask, row)))];

        int[] Row(int[] values, int row) => values[(row * length)..((row + 1) * length)];

        int[]? Whole(string name)
        {
            if (inputs.GetValueOrDefault(name) is not { } values)
            {
                return null;
            }

            return values.Shape.AsSpan().SequenceEqual(ids.Shape) ? [.. values.ToDoubles().Select(value => checked((int)value))]
                : throw new GraftException(Failure.Data, $"The input '{name}' has the shape {string.Join("×", values.Shape)}.", $"Expected {string.Join("×", ids.Shape)}, as input_ids.");
        }
    }

    private static void CheckViews(PanoramaVlm model, Tensor views)
    {
        int side = model.Options.Vision.Image;
        if (views.Rank is not (4 or 5) || views.Size(-3) != 3 || views.Size(-2) != side || views.Size(-1) != side)
        {
            throw new GraftException(Failure.Data, $"The input 'pixel_values' has the shape {string.Join("×", views.Shape)}.", $"Expected B×V×3×{side}×{side}.");
        }
    }
}
