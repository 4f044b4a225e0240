using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Graft.Detectors;

namespace Graft.Rewriting;

/// <summary>Checks embeddings before they are baked in: afterwards a mistake in them is invisible.</summary>
internal static class BakeableWords
{
    private const double UnitTolerance = 1e-5;

    /// <summary>The vocabulary with embeddings at length one.</summary>
    /// <param name="words">Names and N×D embeddings.</param>
    /// <param name="width">D, what the network takes.</param>
    /// <param name="log">Gets how many rows were brought to length one.</param>
    /// <exception cref="GraftException">Of kind Data: no embeddings, another width, a value that is not finite, no direction, two equal rows.</exception>
    internal static Vocabulary Checked(Vocabulary words, int width, RewriteLog? log)
    {
        float[] rows = words.Embeddings is { } given ? [.. given] : throw new GraftException(
            Failure.Data, "The words have no embeddings, so nothing can be baked in.", "Give an embeddings file (.npy), or embed the words first.");
        int count = words.Names.Count;
        if (count == 0 || rows.Length != (long)count * width)
        {
            throw new GraftException(
                Failure.Data,
                $"The embeddings hold {rows.Length} numbers; {count} words of width {width} need {(long)count * width}.",
                "The width must be that of the text tower that the model was trained with.");
        }

        RequireDistinct(words.Names, rows, width);
        double[] lengths = [.. Enumerable.Range(0, count).Select(row => Length(words.Names[row], rows.AsSpan(row * width, width)))];
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

        return words with { Embeddings = rows };
    }

    private static double Length(string name, ReadOnlySpan<float> row)
    {
        double squares = 0;
        foreach (float value in row)
        {
            squares += (double)value * value;
        }

        return !double.IsFinite(squares)
            ? throw new GraftException(Failure.Data, $"The embedding of '{name}' holds numbers that are not finite.", "Embed the words again.")
            : squares == 0
                ? throw new GraftException(Failure.Data, $"The embedding of '{name}' is all zero and has no direction.", "Embed the words again.")
                : Math.Sqrt(squares);
    }

    private static void RequireDistinct(IReadOnlyList<string> names, float[] rows, int width)
    {
        Dictionary<string, int> words = new(StringComparer.OrdinalIgnoreCase), vectors = new(StringComparer.Ordinal);
        for (int row = 0; row < names.Count; row++)
        {
            if (!words.TryAdd(names[row].Trim(), row))
            {
                throw new GraftException(
                    Failure.Data, $"The word '{names[row]}' is there twice (classes {words[names[row].Trim()]} and {row}).", "Give every class a word of its own.");
            }

            string digest = Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(rows.AsSpan(row * width, width))));
            if (!vectors.TryAdd(digest, row))
            {
                throw new GraftException(
                    Failure.Data,
                    $"'{names[vectors[digest]]}' and '{names[row]}' have the same embedding, so the model could not tell them apart.",
                    "Use other words, or leave one class out.");
            }
        }
    }
}
