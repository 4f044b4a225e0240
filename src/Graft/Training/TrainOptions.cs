using System.ComponentModel.DataAnnotations;
using Graft.Configuration;
using Graft.Data;
using Graft.Detectors;

namespace Graft.Training;

/// <summary>The shape of the learning-rate schedule after warm-up.</summary>
public enum ScheduleKind
{
    /// <summary>Linear decay.</summary>
    Linear,

    /// <summary>Half a cosine.</summary>
    Cosine,
}

/// <summary>The optimizer.</summary>
public enum OptimizerKind
{
    /// <summary>Adam with decoupled weight decay (arXiv:1711.05101).</summary>
    AdamW,

    /// <summary>Stochastic gradient descent with Nesterov momentum.</summary>
    Sgd,
}

/// <summary>Where the results of the frozen part of a network are kept between epochs.</summary>
public enum FeatureCache
{
    /// <summary>Nowhere: they are computed in every step.</summary>
    Off,

    /// <summary>In memory, until the run ends.</summary>
    Memory,

    /// <summary>In a file.</summary>
    Disk,
}

/// <summary>The precision in which features are kept.</summary>
public enum FeaturePrecision
{
    /// <summary>Half the size; values are rounded to 8 bits of mantissa.</summary>
    Bfloat16,

    /// <summary>As they are computed.</summary>
    Float32,
}

/// <summary>Settings of the training loop and of its augmentation; names follow Ultralytics and mmengine where they agree.</summary>
public sealed record TrainOptions : AugmentOptions
{
    // With a fifth as many views as epochs, the frozen part costs a fifth of what it did.
    private const int ViewShare = 5;

    /// <summary>Passes over the training split.</summary>
    [Range(1, 100000)]
    public int Epochs { get; init; } = 100;

    /// <summary>Images per step.</summary>
    [Range(1, 4096)]
    public int Batch { get; init; } = 16;

    /// <summary>Side of the square input in pixels, a multiple of 32.</summary>
    [Range(ImageSize.Multiple, 8192), MultipleOf(ImageSize.Multiple)]
    public int Imgsz { get; init; } = 640;

    /// <summary>Peak learning rate.</summary>
    [Range(0.0, 10.0)]
    public double Lr { get; init; } = 2e-4;

    /// <summary>Final learning rate as a share of the peak.</summary>
    [Range(0.0, 1.0)]
    public double LrFinal { get; init; } = 0.01;

    /// <summary>Shape of the schedule after warm-up.</summary>
    public ScheduleKind Schedule { get; init; } = ScheduleKind.Linear;

    /// <summary>Epochs of warm-up; at most a tenth of the run.</summary>
    [Range(0.0, 1000.0)]
    public double WarmupEpochs { get; init; } = 3;

    /// <summary>The optimizer.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.AdamW;

    /// <summary>Momentum of SGD, first decay rate of AdamW.</summary>
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.9;

    /// <summary>Decoupled weight decay.</summary>
    [Range(0.0, 10.0)]
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Whether weight decay applies to norms and biases too, as in the published base recipe.</summary>
    public bool DecayNorms { get; init; }

    /// <summary>Gradients are clipped to this global norm; 0: no clipping.</summary>
    [Range(0.0, 1e9)]
    public double ClipNorm { get; init; } = 10;

    /// <summary>Final momentum of the averaged weights (EMA): share of the newest weights per step.</summary>
    [Range(0.0, 1.0)]
    public double EmaMomentum { get; init; } = 1e-4;

    /// <summary>Time constant, in steps, with which the momentum of the averaged weights falls to its final value.</summary>
    [Range(1.0, 1e9)]
    public double EmaSteps { get; init; } = 2000;

    /// <summary>Parts in which a batch passes the network, one after the other: the memory of a smaller batch, the step of the whole one. Norms
    /// that are trained use the statistics of each part.</summary>
    [Range(1, 1024)]
    public int Accumulate { get; init; } = 1;

    /// <summary>Mixed precision: convolutions and matrix products in bfloat16, weights and loss in float32. Refused where this processor's bfloat16 is
    /// slower.</summary>
    public bool Amp { get; init; }

    /// <summary>Run frozen layers in the form in which they are deployed, which is faster and equal to rounding; false: layer by
    /// layer.</summary>
    public bool DeployFrozen { get; init; } = true;

    /// <summary>Augmented views of each image, used in turn; 0: new ones in every epoch, or with <see cref="FeatureCache"/> a fifth as many as epochs.</summary>
    [Range(0, 100000)]
    public int Views { get; init; }

    /// <summary>Keep what the stages before the first trainable layer give for each view, so that it is computed once.</summary>
    public FeatureCache FeatureCache { get; init; }

    /// <summary>The precision of what is kept.</summary>
    public FeaturePrecision FeatureCacheType { get; init; }

    /// <summary>Most gigabytes (2^30 bytes) of what is kept; views beyond are computed whenever they are needed.</summary>
    [Range(0.001, 1e6)]
    public double FeatureCacheGb { get; init; } = 4;

    /// <summary>Folder of the file, which stays for later runs; null: in the run folder, deleted when the run is finished.</summary>
    public string? FeatureCacheDir { get; init; }

    /// <summary>Seed of initialisation, order and augmentation.</summary>
    [Range(0, int.MaxValue)]
    public int Seed { get; init; }

    /// <summary>Threads that load images.</summary>
    [Range(0, 256)]
    public int Workers { get; init; } = 2;

    /// <summary>The run stops after this many epochs without a higher mAP; 0: never. Epochs before the first measured mAP do not count.</summary>
    [Range(0, 100000)]
    public int Patience { get; init; } = 100;

    /// <summary>Epochs between validations; the last epochs (see <see cref="CloseMosaic"/>) are always validated.</summary>
    [Range(1, 100000)]
    public int ValInterval { get; init; } = 1;

    /// <summary>Epochs between kept checkpoints; 0: only best and last.</summary>
    [Range(0, 100000)]
    public int SavePeriod { get; init; }

    /// <summary>Write events for TensorBoard into the run folder.</summary>
    public bool Tensorboard { get; init; } = true;

    /// <summary>Last epochs without mosaic and mix-up.</summary>
    [Range(0, 100000)]
    public int CloseMosaic { get; init; } = 10;

    /// <summary>The run stops after this many consecutive steps with NaN or infinite gradients.</summary>
    [Range(1, 100000)]
    public int BadStepLimit { get; init; } = 20;

    /// <summary>Views of an image whose features are computed: those of the epochs with mosaic, and those of the epochs without; 0 where no
    /// features are kept.</summary>
    public int KeptViews
    {
        get
        {
            int closing = Math.Min(CloseMosaic, Epochs);
            return FeatureCache == FeatureCache.Off ? 0 : Math.Min(Views, Epochs - closing) + Math.Min(Views, closing);
        }
    }

    /// <summary>The same settings with the number of views that they mean.</summary>
    public TrainOptions WithViews()
        => FeatureCache == FeatureCache.Off || Views > 0 ? this : this with { Views = Math.Max(1, (Epochs + ViewShare - 1) / ViewShare) };
}
