using System.ComponentModel.DataAnnotations;

namespace Graft.Export;

/// <summary>The limits up to which ONNX Runtime's answers count as equal to the engine's.</summary>
public sealed record ExportTolerance
{
    /// <summary>Largest absolute difference of a raw output, beside the relative one.</summary>
    [Range(0.0, 1.0)]
    public double Absolute { get; init; } = 1e-3;

    /// <summary>Largest relative difference of a raw output.</summary>
    [Range(0.0, 1.0)]
    public double Relative { get; init; } = 1e-4;

    /// <summary>Largest distance of a final box's side, in pixels.</summary>
    [Range(0.0, 100.0)]
    public double BoxPixels { get; init; } = 0.1;

    /// <summary>Largest difference of a final box's score.</summary>
    [Range(0.0, 1.0)]
    public double Score { get; init; } = 1e-3;

    /// <summary>An output may also differ by this multiple of the source's own rounding error, its float32 against its float64: a network that
    /// amplifies rounding does so in any engine. 0: never.</summary>
    [Range(0.0, 100.0)]
    public double RoundingFactor { get; init; } = 4;

    /// <summary>Compares values.</summary>
    /// <returns>Whether all are within the limits, and the largest absolute difference.</returns>
    internal (bool Passes, double Difference) Compare(ReadOnlySpan<float> expected, ReadOnlySpan<float> found)
    {
        if (expected.Length != found.Length)
        {
            return (false, double.PositiveInfinity);
        }

        bool passes = true;
        double most = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs((double)expected[i] - found[i]);
            passes &= difference <= Absolute + (Relative * Math.Abs(expected[i]));       // false for NaN
            most = difference > most || double.IsNaN(difference) ? difference : most;
        }

        return (passes, most);
    }
}
