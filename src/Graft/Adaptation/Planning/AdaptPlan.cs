using Graft.Training;

namespace Graft.Adaptation;

/// <summary>How a base is adapted: what was chosen, and why.</summary>
public sealed record AdaptPlan
{
    /// <summary>What is trained, by the name of its configuration.</summary>
    public required string Strategy { get; init; }

    /// <summary>Side of the input, pixels.</summary>
    public required int Side { get; init; }

    /// <summary>Images per step.</summary>
    public required int Batch { get; init; }

    /// <summary>Peak learning rate.</summary>
    public required double Lr { get; init; }

    /// <summary>Passes over the training images.</summary>
    public required int Epochs { get; init; }

    /// <summary>Epochs between validations.</summary>
    public required int ValInterval { get; init; }

    /// <summary>Last epochs without mosaic.</summary>
    public required int CloseMosaic { get; init; }

    /// <summary>Epochs without a better mAP before training ends.</summary>
    public required int Patience { get; init; }

    /// <summary>Time constant of the averaged weights, steps.</summary>
    public required int EmaSteps { get; init; }

    /// <summary>Mixed precision.</summary>
    public bool Amp { get; init; }

    /// <summary>Where the features of frozen stages are kept.</summary>
    public FeatureCache FeatureCache { get; init; }

    /// <summary>Seconds that training with validation is expected to take.</summary>
    public required double TrainSeconds { get; init; }

    /// <summary>Seconds that are kept for what follows training.</summary>
    public required double Reserve { get; init; }

    /// <summary>Every choice with its reason.</summary>
    public required IReadOnlyList<AdaptChoice> Choices { get; init; }
}
