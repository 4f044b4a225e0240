namespace Graft.Export;

/// <summary>How <see cref="Quantizer"/> searches.</summary>
public sealed record QuantizationOptions
{
    /// <summary>The largest drop of the score that is accepted, such as 0.005 of mAP; layers go back to float until it is met.</summary>
    public double MaxDrop { get; init; } = 0.005;

    /// <summary>The calibration methods that are tried.</summary>
    public IReadOnlyList<CalibrationChoice> Methods { get; init; } =
    [
        new(CalibrationMethod.MinMax), new(CalibrationMethod.Percentile, 99.9), new(CalibrationMethod.Percentile, 99.99),
        new(CalibrationMethod.Percentile, 99.999), new(CalibrationMethod.Entropy),
    ];

    /// <summary>How many of the methods with the smallest error are scored.</summary>
    public int ScoredMethods { get; init; } = 2;

    /// <summary>Bits of a weight: 8, or 7 for processors without dot products of bytes, whose 16-bit sums saturate.</summary>
    public int WeightBits { get; init; } = 8;

    /// <summary>A layer that causes at least this share of the squared error stays in float at once when it is cheap.</summary>
    public double CostlyShare { get; init; } = 0.1;

    /// <summary>A layer with at most this share of the multiplications is cheap.</summary>
    public double CheapShare { get; init; } = 0.01;

    /// <summary>The largest share of the multiplications that may stay in float to meet <see cref="MaxDrop"/>.</summary>
    public double MaxFloatShare { get; init; } = 0.3;

    /// <summary>Layers that stay in float without measuring: names of nodes, or their beginnings followed by '*'.</summary>
    public IReadOnlyList<string> KeepFloat { get; init; } = [];

    /// <summary>Threads of ONNX Runtime; 0: as many as cores.</summary>
    public int Threads { get; init; }
}
