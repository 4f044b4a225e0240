using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.VisionLanguage;

/// <summary>Adds a positional code for the place in the panorama to every token, projects it to the language model's width and stitches the views.</summary>
public sealed class PanoramaProjector : Module
{
    private readonly Linear _linear;

    /// <summary>Creates the projector with random weights.</summary>
    /// <param name="latentWidth">Width of the resampler's output.</param>
    /// <param name="languageWidth">Width of the language model.</param>
    public PanoramaProjector(int latentWidth, int languageWidth) => _linear = Add("linear", new Linear(latentWidth, languageWidth));

    /// <summary>Projects and stitches.</summary>
    /// <param name="tokens">B×V×S×latent.</param>
    /// <param name="overlap">Share of a view that overlaps its neighbour.</param>
    /// <param name="mode">The stitching mode.</param>
    /// <returns>B×T×language, row by row over the whole strip.</returns>
    public Tensor Forward(Tensor tokens, double overlap, StitchingMode mode)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        (long batch, int views, int count, int width) = (tokens.Size(0), (int)tokens.Size(1), (int)tokens.Size(2), (int)tokens.Size(3));
        (int rows, int columns) = Grid(count);
        Tensor placed = tokens.Reshape(batch, views, rows, columns, width) + PositionalCode(views, count, width, overlap).To(tokens.DType);
        Tensor strip = _linear.Forward(placed).Permute(0, 2, 1, 3, 4);                           // B×rows×V×columns×language
        return Stitch(strip, overlap, mode).Reshape(batch, -1, strip.Size(-1));
    }

    /// <summary>The grid of a view's tokens: a square if possible, else the largest divisor up to the square root as the number of rows.</summary>
    public static (int Rows, int Columns) Grid(int tokens)
    {
        int rows = (int)Math.Sqrt(tokens);
        while (tokens % rows != 0)
        {
            rows--;
        }

        return (rows, tokens / rows);
    }

    /// <summary>V×rows×columns×width: sines and cosines of the direction around the horizon, of the row, and of the place in the strip.</summary>
    public static Tensor PositionalCode(int views, int tokens, int width, double overlap)
    {
        (int rows, int columns) = Grid(tokens);
        double shared = Math.Clamp(overlap, 0, 0.999), total = views - (views - 1) * shared;
        float[] code = new float[views * tokens * width];
        double[] frequencies = [.. Enumerable.Range(0, width / 2).Select(i => Math.Exp(-Math.Log(10_000) * 2 * i / width))];
        for (int token = 0; token < views * tokens; token++)
        {
            int view = token / tokens, row = token % tokens / columns, column = token % columns;
            double place = view * (1 - shared) + (double)column / columns, direction = 2 * Math.PI * place / total;
            for (int i = 0; i < frequencies.Length; i++)
            {
                (double sineA, double cosineA) = Math.SinCos(direction * frequencies[i]);
                (double sineB, double cosineB) = Math.SinCos(row * frequencies[i]);
                (double sineC, double cosineC) = Math.SinCos(place * frequencies[i]);
                code[token * width + i] = (float)(sineA + sineB + sineC);
                code[token * width + frequencies.Length + i] = (float)(cosineA + cosineB + cosineC);
            }
        }

        return Tensor.From(code, views, rows, columns, width);
    }

    private static Tensor Stitch(Tensor strip, double overlap, StitchingMode mode)
    {
        (int views, int columns) = ((int)strip.Size(2), (int)strip.Size(3));
        int dropped = (int)Math.Round(columns * overlap, MidpointRounding.ToEven);
        if (views <= 1 || mode == StitchingMode.Concat || (mode == StitchingMode.DropOverlap && dropped == 0))
        {
            return strip;
        }

        if (mode == StitchingMode.Resample)
        {
            Tensor weights = ResamplingWeights(views, columns, Math.Clamp(overlap, 0, 0.999)).To(strip.DType);
            return weights.MatMul(strip.Flatten(2, 3));                                          // B×rows×steps×language
        }

        Tensor first = strip.Select(2, 0), rest = strip.Narrow(2, 1, views - 1).Narrow(3, dropped, columns - dropped).Flatten(2, 3);
        return Tensor.Cat([first, rest], 2);
    }

    /// <summary>steps×(V·columns): linear interpolation of every view with zeros outside, normalised by the sum of the weights.</summary>
    private static Tensor ResamplingWeights(int views, int columns, double overlap)
    {
        double total = views - (views - 1) * overlap;
        int steps = Math.Max(2, (int)Math.Round(columns * total, MidpointRounding.ToEven));
        float[] weights = new float[steps * views * columns];
        for (int step = 0; step < steps; step++)
        {
            double place = step * total / (steps - 1), sum = 0;
            double[] row = new double[views * columns];
            for (int view = 0; view < views; view++)
            {
                double at = (place - view * (1 - overlap)) * (columns - 1);
                for (int column = 0; column < columns; column++)
                {
                    sum += row[view * columns + column] = Math.Max(0, 1 - Math.Abs(at - column));
                }
            }

            for (int i = 0; i < row.Length; i++)
            {
                weights[step * row.Length + i] = (float)(row[i] / sum);
            }
        }

        return Tensor.From(weights, steps, views * columns);
    }
}
