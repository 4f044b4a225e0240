namespace Graft.Export;

/// <summary>What int8 costs and gains, measured against the float32 model in the same run.</summary>
public sealed record Int8Report
{
    /// <summary>mAP of the float32 model.</summary>
    public required double MapBefore { get; init; }

    /// <summary>mAP of the int8 model.</summary>
    public required double MapAfter { get; init; }

    /// <summary>Median time of the float32 model for one run with all images of its batch, in milliseconds.</summary>
    public required double MsBefore { get; init; }

    /// <summary>Median time of the int8 model for one run, in milliseconds.</summary>
    public required double MsAfter { get; init; }

    /// <summary>Median over the rounds of the float32 model's time by that of the int8 model.</summary>
    public required double Speedup { get; init; }

    /// <summary>Size of the float32 model in bytes.</summary>
    public required long BytesBefore { get; init; }

    /// <summary>Size of the int8 model in bytes.</summary>
    public required long BytesAfter { get; init; }

    /// <summary>How the ranges of activations were calibrated.</summary>
    public required CalibrationChoice Method { get; init; }

    /// <summary>Names of the layers that stay in float.</summary>
    public required IReadOnlyList<string> InFloat { get; init; }

    /// <summary>Number of layers that could be quantized, those in float among them.</summary>
    public required int Layers { get; init; }

    /// <summary>Number of calibration images.</summary>
    public required int Images { get; init; }

    /// <summary>mAP before minus mAP after.</summary>
    public double Drop => MapBefore - MapAfter;
}
