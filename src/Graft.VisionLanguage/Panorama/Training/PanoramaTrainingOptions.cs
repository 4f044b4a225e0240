namespace Graft.VisionLanguage;

/// <summary>Settings of <see cref="PanoramaTrainer"/>.</summary>
public sealed record PanoramaTrainingOptions
{
    /// <summary>Which part is trained.</summary>
    public PanoramaStage Stage { get; init; } = PanoramaStage.Finetune;

    /// <summary>Number of steps of the schedule.</summary>
    public int Steps { get; init; } = 100;

    /// <summary>Peak learning rate.</summary>
    public double LearningRate { get; init; } = 5e-5;

    /// <summary>Weight decay.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Share of the steps for linear warm-up; the learning rate then decays linearly to zero.</summary>
    public double WarmupShare { get; init; } = 0.1;

    /// <summary>Gradient norm above which gradients are clipped.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>Rank of new LoRA updates.</summary>
    public int LoraRank { get; init; } = 32;

    /// <summary>New LoRA updates are scaled by this over their rank.</summary>
    public double LoraAlpha { get; init; } = 64;

    /// <summary>Dropout probability of the updates' inputs.</summary>
    public double LoraDropout { get; init; }

    /// <summary>Whether the VICReg statistics are taken over all pairs at once.</summary>
    public bool VicRegBatchwise { get; init; }
}
