namespace Graft.VisionLanguage;

/// <summary>Model, data and output of a training.</summary>
/// <param name="Model">A checkpoint, or a folder of checkpoints.</param>
/// <param name="Csv">The samples.</param>
/// <param name="Output">The folder to write.</param>
public sealed record PanoramaTrainingRequest(string Model, string Csv, string Output)
{
    /// <summary>Settings for opening the checkpoint; LoRA is not merged in training.</summary>
    public PanoramaOpening Opening { get; init; } = new();

    /// <summary>Settings of the views.</summary>
    public PanoramaOptions Views { get; init; } = new();

    /// <summary>Stage, steps, rates, rank.</summary>
    public PanoramaTrainingOptions Options { get; init; } = new();

    /// <summary>The tokenizer's folder; null: beside the checkpoint.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>The system message; null for none.</summary>
    public string? SystemMessage { get; init; }

    /// <summary>Samples per step.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Seed of the order, of new LoRA matrices and of dropout.</summary>
    public int Seed { get; init; }
}
