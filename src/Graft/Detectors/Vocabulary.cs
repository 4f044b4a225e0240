using System.Security.Cryptography;
using System.Text;
using Graft.Runtime;

namespace Graft.Detectors;

/// <summary>The classes of a detector: their names and, for detectors that read text, an embedding of each.</summary>
/// <param name="Names">Class names, in label order.</param>
/// <param name="Embeddings">N×D numbers in C order, or null where the network holds them itself.</param>
/// <param name="Source">Where the embeddings come from: a file, a text encoder, or <c>stand-in</c>.</param>
public sealed record Vocabulary(IReadOnlyList<string> Names, float[]? Embeddings, string Source)
{
    /// <summary>Corrections made while reading the embeddings, such as rows that were not of length one.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The text encoder that made the embeddings; null where it is not known, and for stand-ins.</summary>
    public TextEncoderId? Encoder { get; init; }

    /// <summary>Names whose embeddings mean nothing to the model, since it was trained on stand-ins of other names.</summary>
    public IReadOnlyList<string> WithoutMeaning { get; init; } = [];

    /// <summary>Unit vectors seeded by the letters of each name, for training without a text encoder.</summary>
    /// <remarks>They differ per name and carry no meaning, so a model trained on them cannot detect classes that it was not trained
    /// on.</remarks>
    public static Vocabulary StandIn(IReadOnlyList<string> names, int width)
    {
        float[] rows = new float[names.Count * width];
        for (int row = 0; row < names.Count; row++)
        {
            Draw(names[row], rows.AsSpan(row * width, width));
        }

        return new Vocabulary(names, rows, "stand-in");
    }

    /// <summary>How alike two embeddings are: the cosine of their angle, −1 to 1; 0 where one is all zero.</summary>
    /// <param name="one">An embedding.</param>
    /// <param name="other">Another one of the same width.</param>
    public static double Cosine(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        double dot = 0, first = 0, second = 0;
        for (int i = 0; i < one.Length; i++)
        {
            (dot, first, second) = (dot + ((double)one[i] * other[i]), first + ((double)one[i] * one[i]), second + ((double)other[i] * other[i]));
        }

        return dot / Math.Sqrt(Math.Max(first * second, double.Epsilon));
    }

    private static void Draw(string name, Span<float> row)
    {
        SplitMix64 random = new(BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(name))));
        double sum = 0;
        for (int i = 0; i < row.Length; i++)
        {
            double normal = -6;
            for (int k = 0; k < 12; k++)
            {
                normal += random.Uniform();
            }

            row[i] = (float)normal;
            sum += normal * normal;
        }

        float scale = (float)(1 / Math.Sqrt(sum));
        for (int i = 0; i < row.Length; i++)
        {
            row[i] *= scale;
        }
    }
}
