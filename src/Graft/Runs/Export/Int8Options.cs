using Graft.Data;
using Graft.Export;

namespace Graft.Runs;

/// <summary>How a model is quantized to int8, and when the result is refused.</summary>
public sealed record Int8Options
{
    /// <summary>The data: ranges of activations are measured on images of its training split, mAP on its validation split.</summary>
    public required DataOptions Data { get; init; }

    /// <summary>The largest loss of mAP that is accepted, 0 to 1.</summary>
    public double MaxDrop { get; init; } = 0.005;

    /// <summary>Largest number of calibration images.</summary>
    public int Images { get; init; } = 100;

    /// <summary>How the quantizer searches; its <see cref="QuantizationOptions.MaxDrop"/> is replaced by that above.</summary>
    public QuantizationOptions Search { get; init; } = new();

    /// <summary>The mAP of a model file; null: it is measured. For tests.</summary>
    internal Func<string, double>? Score { get; init; }

    /// <summary>The speed of the float32 and the int8 file; null: it is measured. For tests, which take no timing for truth.</summary>
    internal Func<string, string, OnnxTiming>? Compare { get; init; }
}
