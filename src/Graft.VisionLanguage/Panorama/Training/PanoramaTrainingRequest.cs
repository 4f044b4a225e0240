namespace Graft.VisionLanguage;

/// <summary>What is to be trained, on what, and where the result goes.</summary>
/// <param name="Model">A checkpoint, or a folder with some.</param>
/// <param name="Csv">The samples.</param>
/// <param name="Output">The folder to write.</param>
public sealed record PanoramaTrainingRequest(string Model, string Csv, string Output)
{
    /// <summary>How the checkpoint is opened; LoRA is never merged in training.</summary>
    public PanoramaOpening Opening { get; init; } = new();

    /// <summary>How panoramas are cut.</summary>
    public PanoramaOptions Views { get; init; } = new();

    /// <summary>Stage, steps, rates, rank.</summary>
    public PanoramaTrainingOptions Options { get; init; } = new();

    /// <summary>The tokenizer's folder; null looks beside the checkpoint.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>The system message; null for none.</summary>
    public string? SystemMessage { get; init; }

    /// <summary>Samples a step.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Seed of the order, of new LoRA matrices and of dropout.</summary>
    public int Seed { get; init; }
}
