using System.Text.Json.Serialization;

namespace Graft.Training;

/// <summary>The state of a run: everything besides tensors that a resume needs.</summary>
public sealed record TrainingState
{
    /// <summary>Epoch in progress, from 0; equals the number of finished epochs.</summary>
    public int Epoch { get; set; }

    /// <summary>Steps of this epoch that are done.</summary>
    public int StepInEpoch { get; set; }

    /// <summary>Steps of all epochs that are done.</summary>
    public long Step { get; set; }

    /// <summary>Names of the loss parts.</summary>
    public string[] LossNames { get; set; } = [];

    /// <summary>Sums of the loss parts over the steps of this epoch in which all were finite.</summary>
    public double[] LossSums { get; set; } = [];

    /// <summary>Number of those steps; null in files of earlier versions, which summed over all.</summary>
    public int? LossSteps { get; set; }

    /// <summary>Whether a validation has defined a mAP; until then there is no best epoch.</summary>
    [JsonIgnore]
    public bool Measured => BestEpoch >= 0;

    /// <summary>Best mAP so far; -1 while nothing is <see cref="Measured"/>.</summary>
    public double BestMap { get; set; } = -1;

    /// <summary>mAP at IoU 0.5 of that epoch.</summary>
    public double BestMap50 { get; set; }

    /// <summary>Epoch of the best mAP, the last of equal ones; -1 while nothing is <see cref="Measured"/>.</summary>
    public int BestEpoch { get; set; } = -1;

    /// <summary>Epoch in which mAP last rose above all earlier ones; patience counts from it, so equal scores do not prolong a run.</summary>
    public int RisenEpoch
    {
        get => field < 0 ? BestEpoch : field;       // files of earlier versions have no such epoch
        set;
    } = -1;

    /// <summary>Steps skipped because gradients were NaN or infinite.</summary>
    public long BadSteps { get; set; }

    /// <summary>How many of them in a row.</summary>
    public int BadStepsInARow { get; set; }

    /// <summary>Largest finite norm of all gradients in a step, before clipping.</summary>
    public double LargestNorm { get; set; }

    /// <summary>Views of images whose features were computed for <see cref="TrainOptions.FeatureCache"/>.</summary>
    public long FeatureViews { get; set; }

    /// <summary>Seconds of training before this session.</summary>
    public double Seconds { get; set; }

    /// <summary>Steps done by the optimizer.</summary>
    public long OptimizerSteps { get; set; }

    /// <summary>Updates of the averaged weights.</summary>
    public long AverageUpdates { get; set; }
}
