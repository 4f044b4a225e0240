using Graft.Torch;

namespace Graft.VisionLanguage;

/// <summary>Image and text in one sequence, padded on the right to the longest of the batch.</summary>
/// <param name="Embeddings">B×L×width.</param>
/// <param name="Mask">B×L, row by row: 1 for a position, 0 for padding.</param>
/// <param name="Labels">B×L: the text's labels; −100 for the image and for padding.</param>
/// <param name="Rows">B.</param>
/// <param name="Length">L.</param>
public sealed record FusedSequence(Tensor Embeddings, long[] Mask, long[] Labels, int Rows, int Length)
{
    private const int Ignored = -100;

    /// <summary>Replaces the placeholder by the image's tokens, or puts them before a text without one; further placeholders are removed.</summary>
    /// <param name="language">The language model, which embeds the text.</param>
    /// <param name="vision">B×T×width.</param>
    /// <param name="texts">B texts; each is truncated to the model's maximum first.</param>
    /// <param name="options">The placeholder's id and the maximum text length.</param>
    public static FusedSequence Of(QwenDecoder language, Tensor vision, IReadOnlyList<TextTokens> texts, PanoramaVlmOptions options)
    {
        ArgumentNullException.ThrowIfNull(language);
        ArgumentNullException.ThrowIfNull(vision);
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(options);
        Row[] rows = [.. texts.Select(text => Divide(text, (int)vision.Size(1), options))];
        int length = rows.Max(row => row.Labels.Length);
        Tensor[] parts = new Tensor[rows.Length];
        long[] mask = new long[rows.Length * length], labels = new long[rows.Length * length];
        Array.Fill(labels, Ignored);
        for (int i = 0; i < rows.Length; i++)
        {
            Tensor[] pieces = [Embed(rows[i].Before), vision.Select(0, i), Embed(rows[i].After)];
            parts[i] = Tensor.Cat(pieces, 0).Pad([0, 0, 0, length - rows[i].Labels.Length]);
            rows[i].Mask.CopyTo(mask, i * length);
            rows[i].Labels.CopyTo(labels, i * length);
        }

        return new FusedSequence(Tensor.Stack(parts), mask, labels, rows.Length, length);

        Tensor Embed(long[] ids) => language.Embed(Tensor.From(ids, ids.Length));
    }

    /// <summary>0, 1, … for every row, as in training.</summary>
    public long[] Positions() => [.. Enumerable.Range(0, Rows * Length).Select(i => (long)(i % Length))];

    /// <summary>Positions without padding, as in generation.</summary>
    public long[] GenerationPositions()
    {
        long[] positions = new long[Rows * Length];
        for (int i = 0, seen = 0; i < positions.Length; i++)
        {
            seen = (i % Length == 0 ? 0 : seen) + (int)Mask[i];
            positions[i] = Math.Max(seen - 1, 0);
        }

        return positions;
    }

    private static Row Divide(TextTokens text, int imageLength, PanoramaVlmOptions options)
    {
        if (Array.Exists(text.Ids, id => id < 0 || id >= options.Language.VocabularySize))
        {
            throw new GraftException(Failure.Data, $"The text holds the id {text.Ids.First(id => id < 0 || id >= options.Language.VocabularySize)}; "
                + $"the vocabulary of the model is 0 to {options.Language.VocabularySize - 1}.", "Use the tokenizer of the language model that was trained.");
        }

        int length = Math.Min(text.Ids.Length, options.MaxTextLength);
        int placeholder = options.VisionTokenId is { } id ? Array.IndexOf(text.Ids, id, 0, length) : -1;
        int[] kept = [.. Enumerable.Range(0, length).Where(i => text.Ids[i] != options.VisionTokenId)];
        int[] before = [.. kept.Where(i => i < placeholder)], after = [.. kept.Where(i => i > placeholder)];
        return new Row(
            [.. before.Select(i => (long)text.Ids[i])],
            [.. after.Select(i => (long)text.Ids[i])],
            Around(text.Mask, otherwise: 1, image: 1),
            Around(text.Labels, Ignored, Ignored));

        long[] Around(int[]? values, long otherwise, long image)
            => [.. before.Select(i => values?[i] ?? otherwise), .. Enumerable.Repeat(image, imageLength), .. after.Select(i => values?[i] ?? otherwise)];
    }

    /// <summary>Ids around the image; mask and labels of all of them.</summary>
    private sealed record Row(long[] Before, long[] After, long[] Mask, long[] Labels);
}
