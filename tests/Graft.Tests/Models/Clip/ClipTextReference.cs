using Graft.Models.Clip;

namespace Graft.Tests.Models.Clip;

/// <summary>The text encoder's published formulas, one number at a time in double precision, without the code under test.</summary>
internal sealed class ClipTextReference(ClipTextOptions sizes, IReadOnlyDictionary<string, double[]> weights)
{
    private readonly int _width = sizes.Width;

    /// <summary>The projected state at the end token of one prompt.</summary>
    public double[] Embed(long[] ids)
    {
        double[][] x = [.. ids.Select((id, at) => Enumerable.Range(0, _width)
            .Select(c => weights["text_model.embeddings.token_embedding.weight"][id * _width + c]
                + weights["text_model.embeddings.position_embedding.weight"][at * _width + c]).ToArray())];
        for (int layer = 0; layer < sizes.Layers; layer++)
        {
            x = Layer(x, $"text_model.encoder.layers.{layer}.");
        }

        int end = Array.IndexOf(ids, ids.Max());
        return Affine(Norm(x[end], "text_model.final_layer_norm"), "text_projection", sizes.ProjectionWidth, bias: false);
    }

    private double[][] Layer(double[][] x, string name)
    {
        double[][] normed = [.. x.Select(row => Norm(row, name + "layer_norm1"))];
        double[][] query = Project("q_proj"), key = Project("k_proj"), value = Project("v_proj");
        int head = _width / sizes.Heads;
        double[][] y = [.. x.Select(row => new double[_width])];
        for (int h = 0; h < sizes.Heads; h++)
        {
            for (int i = 0; i < x.Length; i++)
            {
                double[] scores = [.. Enumerable.Range(0, i + 1).Select(j =>
                    Enumerable.Range(h * head, head).Sum(c => query[i][c] * key[j][c]) / Math.Sqrt(head))];
                double[] powers = [.. scores.Select(s => Math.Exp(s - scores.Max()))];
                for (int c = h * head; c < (h + 1) * head; c++)
                {
                    y[i][c] = Enumerable.Range(0, i + 1).Sum(j => powers[j] / powers.Sum() * value[j][c]);
                }
            }
        }

        for (int i = 0; i < x.Length; i++)
        {
            double[] attended = Sum(x[i], Affine(y[i], name + "self_attn.out_proj", _width));
            double[] inner = Affine(Norm(attended, name + "layer_norm2"), name + "mlp.fc1", sizes.MlpWidth);
            double[] gated = [.. inner.Select(v => v / (1 + Math.Exp(-1.702 * v)))];
            y[i] = Sum(attended, Affine(gated, name + "mlp.fc2", _width));
        }

        return y;

        double[][] Project(string part) => [.. normed.Select(row => Affine(row, name + "self_attn." + part, _width))];
    }

    private double[] Norm(double[] row, string name)
    {
        double mean = row.Average(), variance = row.Average(v => (v - mean) * (v - mean));
        return [.. row.Select((v, c) => (v - mean) / Math.Sqrt(variance + sizes.Epsilon) * weights[name + ".weight"][c] + weights[name + ".bias"][c])];
    }

    private double[] Affine(double[] row, string name, int outputs, bool bias = true)
        => [.. Enumerable.Range(0, outputs).Select(o =>
            row.Select((v, c) => v * weights[name + ".weight"][o * row.Length + c]).Sum() + (bias ? weights[name + ".bias"][o] : 0))];

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (p, q) => p + q)];
}
