using CsCheck;
using Graft.Export;

namespace Graft.Tests.Export;

/// <summary>Integer weights and biases: scales per channel, rounding, channels without values.</summary>
[SideBySide]
public sealed class QuantizedWeightsTests
{
    private const int Channels = 4, Inner = 9;
    private const float InputScale = 0.02f;

    [Theory]
    [InlineData(8, 127), InlineData(7, 63)]
    public void Scales_AreTheLargestWeightOfAChannelByTheLargestInteger(int bits, int most)
        => Gen.Float[-3, 3].Array[Channels * Inner].Sample(weights =>
        {
            (sbyte[] values, float[] scales, _) = QuantizedWeights.Of(weights, Channels, Inner, bits, null, InputScale);
            for (int channel = 0; channel < Channels; channel++)
            {
                float[] own = weights[(channel * Inner)..((channel + 1) * Inner)];
                float largest = own.Max(Math.Abs);
                if (largest > 1e-15f)
                {
                    Assert.Equal((float)(largest / (double)most), scales[channel]);
                    Assert.Equal(most, values[(channel * Inner)..((channel + 1) * Inner)].Max(value => Math.Abs((int)value)));
                }

                for (int i = 0; i < Inner; i++)
                {
                    Assert.InRange((values[(channel * Inner) + i] * scales[channel]) - own[i], -0.5001f * scales[channel], 0.5001f * scales[channel]);
                }
            }
        }, iter: 200);

    [Fact]
    public void Bias_HasTheScaleOfInputTimesWeight()
    {
        float[] weights = [.. Enumerable.Range(0, Channels * Inner).Select(i => (i - 17) / 20f)], bias = [0.5f, -1.25f, 0, 3];
        (_, float[] scales, int[]? integers) = QuantizedWeights.Of(weights, Channels, Inner, 8, bias, InputScale);
        for (int channel = 0; channel < Channels; channel++)
        {
            double step = (double)InputScale * scales[channel];
            Assert.InRange((integers![channel] * step) - bias[channel], -0.5001 * step, 0.5001 * step);
        }
    }

    [Fact]
    public void AChannelOfZerosOrTinyWeights_KeepsItsBias()
    {
        float[] weights = new float[Channels * Inner], bias = [100, -1e6f, 1e-3f, 0];
        weights[Inner] = 1e-20f;
        (sbyte[] values, float[] scales, int[]? integers) = QuantizedWeights.Of(weights, Channels, Inner, 8, bias, InputScale);
        Assert.All(values, value => Assert.Equal(0, value));
        for (int channel = 0; channel < Channels; channel++)
        {
            double step = (double)InputScale * scales[channel];
            Assert.Equal(bias[channel], integers![channel] * step, Math.Max(step, Math.Abs(bias[channel]) * 1e-6));
        }
    }

    [Fact]
    public void ColumnsOfAMatrix_HaveTheirOwnScales()
    {
        // Two rows, three columns: the channel is the last index.
        (_, float[] scales, _) = QuantizedWeights.Of([1, 20, 300, -4, 5, 6], 3, 1, 8, null, InputScale);
        Assert.Equal([4 / 127f, 20 / 127f, 300 / 127f], scales);
    }
}
