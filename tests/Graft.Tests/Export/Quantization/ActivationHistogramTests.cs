using CsCheck;
using Graft.Export;

namespace Graft.Tests.Export;

/// <summary>Counting activations, and the ranges that the calibration methods derive from the counts.</summary>
[SideBySide]
public sealed class ActivationHistogramTests
{
    private static readonly Gen<float[]> Values = Gen.Float[-1000, 1000].Array[1, 200];

    [Fact]
    public void TryAdd_CountsEveryValueInItsBin()
        => Values.Sample(values =>
        {
            ActivationHistogram histogram = Of(values);
            Assert.Equal((values.Min(), values.Max(), (long)values.Length), (histogram.Min, histogram.Max, histogram.Count));
            for (int i = 0; i < ActivationHistogram.Bins; i++)
            {
                double low = histogram.Edge(i), high = histogram.Edge(i + 1);
                Assert.Equal(values.Count(value => value >= low && value < high), histogram.Counts[i]);
            }
        }, iter: 30);

    [Fact]
    public void TryAdd_TheOrderOfValues_DoesNotMatter()
        => Values.Sample(values =>
        {
            ActivationHistogram forward = Of(values), backward = Of([.. values.Reverse()]);
            Assert.Equal(forward.BinWidth, backward.BinWidth);
            Assert.Equal(forward.Counts, backward.Counts);
        }, iter: 100);

    [Theory]
    [InlineData(float.NaN), InlineData(float.PositiveInfinity), InlineData(float.NegativeInfinity)]
    public void TryAdd_AValueThatIsNotFinite_AddsNothing(float bad)
    {
        ActivationHistogram histogram = new();
        Assert.False(histogram.TryAdd([1, bad, 2]));
        Assert.Equal(0, histogram.Count);
    }

    [Fact]
    public void Ranges_HoldZero_AndStayWithinTheValues()
        => Values.Sample(values =>
        {
            ActivationHistogram histogram = Of(values);
            foreach (CalibrationChoice choice in new QuantizationOptions().Methods)
            {
                ActivationRange range = CalibrationRanges.Of(histogram, choice);
                Assert.InRange(range.Low, Math.Min(0, values.Min()), 0);
                Assert.InRange(range.High, 0, Math.Max(0, values.Max()));
            }
        }, iter: 30);

    [Fact]
    public void MinMax_IsExact()
    {
        ActivationRange range = CalibrationRanges.Of(Of([-1.25f, 0.5f, 7.125f]), new CalibrationChoice(CalibrationMethod.MinMax));
        Assert.Equal((-1.25, 7.125), (range.Low, range.High));
    }

    [Theory]
    [InlineData(90.0), InlineData(99.0), InlineData(99.9)]
    public void Percentile_OfEvenValues_CutsHalfOfTheRestAtEachEnd(double percentile)
    {
        ActivationHistogram histogram = Of([.. Enumerable.Range(0, 200_001).Select(i => (i - 100_000) / 100_000f)]);
        ActivationRange range = CalibrationRanges.Of(histogram, new CalibrationChoice(CalibrationMethod.Percentile, percentile));
        Assert.Equal(percentile / 100, range.High, histogram.BinWidth);
        Assert.Equal(-percentile / 100, range.Low, histogram.BinWidth);
    }

    [Fact]
    public void Entropy_CutsASingleOutlier_AndKeepsEvenValues()
    {
        Random random = new(3);
        float[] normal = [.. Enumerable.Range(0, 100_000).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(random.NextDouble() * 7)))];
        ActivationRange cut = CalibrationRanges.Of(Of([.. normal, 30f]), new CalibrationChoice(CalibrationMethod.Entropy));
        Assert.InRange(cut.High, 2.5, 15);

        float[] even = [.. Enumerable.Range(0, 100_000).Select(i => i / 100_000f)];
        Assert.InRange(CalibrationRanges.Of(Of(even), new CalibrationChoice(CalibrationMethod.Entropy)).High, 0.95, 1);
    }

    [Fact]
    public void Scale_MapsZeroToALevel_AndTheEndsToTheOutermostLevels()
        => Gen.Select(Gen.Double[-50, 0], Gen.Double[0.001, 50]).Sample((low, high) =>
        {
            ActivationRange range = new(low, high);
            Assert.InRange(range.Scale * (255 - range.ZeroPoint), high - (0.501 * range.Scale), high + (0.501 * range.Scale));
            Assert.InRange(-range.Scale * range.ZeroPoint, low - (0.501 * range.Scale), low + (0.501 * range.Scale));
        });

    [Fact]
    public void Scale_OfAnActivationThatIsAlwaysZero_IsANumber()
        => Assert.Equal((1f / 255, (byte)0), (new ActivationRange(0, 0).Scale, new ActivationRange(0, 0).ZeroPoint));

    private static ActivationHistogram Of(float[] values)
    {
        ActivationHistogram histogram = new();
        foreach (float[] part in values.Chunk(7))
        {
            Assert.True(histogram.TryAdd(part));
        }

        return histogram;
    }
}
