namespace Graft.Export;

/// <summary>Symmetric integer weights with one scale per output channel, and the bias that goes with them.</summary>
internal static class QuantizedWeights
{
    // A bias uses at most half of the 32 bits, so that sums with it do not overflow.
    private const double LargestBias = 1 << 30;

    /// <summary>Quantizes weights.</summary>
    /// <param name="weights">Values; those of channel c are at (outer · channels + c) · inner + k.</param>
    /// <param name="channels">Number of output channels.</param>
    /// <param name="inner">Values of a channel that lie side by side.</param>
    /// <param name="bits">8 or 7; with 7 bits, sums of two products fit into 16 bits on processors without dot products of bytes.</param>
    /// <param name="bias">One value per channel, or null.</param>
    /// <param name="inputScale">Scale of the layer's input.</param>
    internal static (sbyte[] Values, float[] Scales, int[]? Bias) Of(
        ReadOnlySpan<float> weights, int channels, int inner, int bits, float[]? bias, float inputScale)
    {
        int most = (1 << (bits - 1)) - 1;
        float[] largest = new float[channels];
        for (int i = 0; i < weights.Length; i++)
        {
            int channel = i / inner % channels;
            largest[channel] = Math.Max(largest[channel], Math.Abs(weights[i]));
        }

        float[] scales = [.. largest.Select((value, channel) => Scale(value, most, bias?[channel] ?? 0, inputScale))];
        sbyte[] values = new sbyte[weights.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            values[i] = (sbyte)Math.Clamp(MathF.Round(weights[i] / scales[i / inner % channels]), -most, most);
        }

        return (values, scales, bias is null ? null : [.. bias.Select((value, channel) => (int)Math.Round(value / ((double)inputScale * scales[channel])))]);
    }

    /// <summary>The largest weight has the largest integer; a channel of tiny weights gets a scale that lets its bias fit.</summary>
    private static float Scale(float largest, int most, float bias, float inputScale)
    {
        double scale = Math.Max(largest / (double)most, Math.Abs(bias) / (inputScale * LargestBias));
        return scale > 1e-18 ? (float)scale : 1f / most;
    }
}
