using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Graft.Detectors;

namespace Graft.Rewriting;

/// <summary>Checks embeddings before they are baked in: a mistake in them cannot be seen afterwards.</summary>
internal static class BakeableVocabulary
{
    private const double UnitTolerance = 1e-5;

    /// <summary>The vocabulary with embeddings of length one.</summary>
    /// <param name="vocabulary">Names and N×D embeddings.</param>
    /// <param name="width">D, the width that the network expects.</param>
    /// <param name="log">Receives how many rows were normalised to length one.</param>
    /// <exception cref="GraftException">Of kind Data: no embeddings, another width, a value that is not finite, no direction, two equal rows.</exception>
    internal static Vocabulary Checked(Vocabulary vocabulary, int width, RewriteLog? log)
    {
        float[] rows = vocabulary.Embeddings is { } given ? [.. given] : throw new GraftException(
            Failure.Data, "The prompts have no embeddings, so nothing can be baked.", "Give an embeddings file (.npy), or embed the prompts first.");
        int count = vocabulary.Names.Count;
        if (count == 0 || rows.Length != (long)count * width)
        {
            throw new GraftException(
                Failure.Data,
                $"The embeddings hold {rows.Length} numbers; {count} prompts of width {width} need {(long)count * width}.",
                "The width must be that of the text encoder that the model was trained with.");
        }

        RequireDistinct(vocabulary.Names, rows, width);
        double[] lengths = [.. Enumerable.Range(0, count).Select(row => Length(vocabulary.Names[row], rows.AsSpan(row * width, width)))];
        int[] others = [.. Enumerable.Range(0, count).Where(row => Math.Abs(lengths[row] - 1) > UnitTolerance)];
        foreach (int row in others)
        {
            for (int i = row * width; i < (row + 1) * width; i++)
            {
                rows[i] = (float)(rows[i] / lengths[row]);
            }
        }

        if (others.Length > 0)
        {
            log?.Note(string.Create(CultureInfo.InvariantCulture, $"{others.Length} of {count} embeddings were not of length one ({lengths.Min():0.###} to {lengths.Max():0.###}) and were normalised"));
        }

        return vocabulary with { Embeddings = rows };
    }

    private static double Length(string name, ReadOnlySpan<float> row)
    {
        double squares = 0;
        foreach (float value in row)
        {
            squares += (double)value * value;
        }

        return !double.IsFinite(squares)
            ? throw new GraftException(Failure.Data, $"The embedding of '{name}' holds numbers that are not finite.", "Embed the prompts again.")
            : squares == 0
                ? throw new GraftException(Failure.Data, $"The embedding of '{name}' is all zero and has no direction.", "Embed the prompts again.")
                : Math.Sqrt(squares);
    }

    private static void RequireDistinct(IReadOnlyList<string> names, float[] rows, int width)
    {
        Dictionary<string, int> prompts = new(StringComparer.OrdinalIgnoreCase), vectors = new(StringComparer.Ordinal);
        for (int row = 0; row < names.Count; row++)
        {
            if (!prompts.TryAdd(names[row].Trim(), row))
            {
                throw new GraftException(
                    Failure.Data, $"The prompt '{names[row]}' occurs twice (classes {prompts[names[row].Trim()]} and {row}).", "Give every class a different prompt.");
            }

            string digest = Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(rows.AsSpan(row * width, width))));
            if (!vectors.TryAdd(digest, row))
            {
                throw new GraftException(
                    Failure.Data,
                    $"'{names[vectors[digest]]}' and '{names[row]}' have the same embedding, so the model cannot distinguish them.",
                    "Use other prompts, or omit one of the classes.");
            }
        }
    }
}
