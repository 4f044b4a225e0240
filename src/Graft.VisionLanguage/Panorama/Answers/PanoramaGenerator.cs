using Graft.Torch;

namespace Graft.VisionLanguage;

/// <summary>Generates answers of a PanoramaVLM token by token, with a cache of keys and values.</summary>
public static class PanoramaGenerator
{
    /// <summary>Generates the ids of an answer about a panorama.</summary>
    /// <param name="model">The model.</param>
    /// <param name="panorama">The panorama.</param>
    /// <param name="views">Settings of the views.</param>
    /// <param name="prompt">The prompt's ids, with or without the image's placeholder.</param>
    /// <param name="ends">Ids that end an answer.</param>
    /// <param name="options">Settings of the generation.</param>
    /// <param name="onToken">Called with every generated id.</param>
    /// <param name="cancellation">Stops between tokens.</param>
    public static int[] Generate(PanoramaVlm model, RgbImage panorama, PanoramaOptions views, int[] prompt, IReadOnlyCollection<int> ends,
        GenerationOptions options, Action<int>? onToken = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        using TensorScope scope = TensorScope.Begin();
        return Generate(model, model.Pixels(panorama, views).Unsqueeze(0), prompt, ends, options, onToken, cancellation);
    }

    /// <summary>Generates the ids of an answer, without the id that ends it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="views">1×V×3×I×I pixels in −1..1.</param>
    /// <param name="prompt">The prompt's ids, with or without the image's placeholder.</param>
    /// <param name="ends">Ids that end an answer.</param>
    /// <param name="options">Settings of the generation.</param>
    /// <param name="onToken">Called with every generated id.</param>
    /// <param name="cancellation">Stops between tokens.</param>
    public static int[] Generate(PanoramaVlm model, Tensor views, int[] prompt, IReadOnlyCollection<int> ends,
        GenerationOptions options, Action<int>? onToken = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(ends);
        ArgumentNullException.ThrowIfNull(options);
        using NoGrad off = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        FusedSequence fused = FusedSequence.Of(model.Language, model.VisionTokens(views), [new TextTokens(prompt)], model.Options);
        using KeyValueCache cache = new(model.Options.Language, fused.Rows, fused.Length + options.MaxNewTokens);
        TokenChooser chooser = new(options);
        List<int> answer = new();
        float[] scores = LastScores(model.Language, model.Language.Forward(fused.Embeddings, fused.GenerationPositions(), cache: cache));
        while (answer.Count < options.MaxNewTokens)
        {
            cancellation.ThrowIfCancellationRequested();
            int token = chooser.Choose(scores, answer, ends);
            if (ends.Contains(token))
            {
                break;
            }

            answer.Add(token);
            onToken?.Invoke(token);
            if (answer.Count == options.MaxNewTokens)
            {
                break;
            }

            using TensorScope step = TensorScope.Begin();
            Tensor embedding = model.Language.Embed(Tensor.From(new long[] { token }, 1, 1));
            scores = LastScores(model.Language, model.Language.Forward(embedding, [cache.Length], cache: cache));
        }

        return [.. answer];
    }

    private static float[] LastScores(QwenDecoder language, Tensor states)
        => language.Logits(states.Narrow(1, states.Size(1) - 1, 1)).ToSingles();
}
