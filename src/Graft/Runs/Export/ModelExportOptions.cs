using Graft.Export;

namespace Graft.Runs;

/// <summary>How a model is rewritten and exported.</summary>
public sealed record ModelExportOptions
{
    /// <summary>Height and width of the input in pixels, multiples of 32; null: the square of training.</summary>
    public (int Height, int Width)? Size { get; init; }

    /// <summary>Images per run.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Whether batch, height and width are dynamic.</summary>
    public bool Dynamic { get; init; }

    /// <summary>Whether NMS is part of the graph.</summary>
    public bool Suppression { get; init; }

    /// <summary>Whether weights are stored as float16.</summary>
    public bool Half { get; init; }

    /// <summary>How the model is quantized to int8; null: it stays in float.</summary>
    public Int8Options? Int8 { get; init; }

    /// <summary>Whether the text is a second input of the model instead of being baked into it.</summary>
    public bool TextInput { get; init; }

    /// <summary>Whether the text is baked into the neck too, where it is baked; otherwise it is a constant there.</summary>
    public bool BakeNeck { get; init; } = true;

    /// <summary>Whether adapters are exported as they are instead of being merged.</summary>
    public bool KeepAdapters { get; init; }

    /// <summary>Whether prompts that are stand-ins without meaning may be baked.</summary>
    public bool AllowStandIns { get; init; }

    /// <summary>Lowest score of a detection.</summary>
    public double Score { get; init; } = PredictionRequest.DefaultScore;

    /// <summary>Score thresholds of single classes.</summary>
    public IReadOnlyDictionary<string, double> ClassScores { get; init; } = new Dictionary<string, double>();

    /// <summary>Limits of the differences between ONNX Runtime and the engine.</summary>
    public ExportTolerance Tolerance { get; init; } = new();
}
