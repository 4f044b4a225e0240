using System.ComponentModel.DataAnnotations;
using Graft.Configuration;

namespace Graft.Training;

/// <summary>How the learning rate falls after warm-up.</summary>
public enum ScheduleKind
{
    /// <summary>In a straight line.</summary>
    Linear,

    /// <summary>Along half a cosine.</summary>
    Cosine,
}

/// <summary>Which optimizer steps.</summary>
public enum OptimizerKind
{
    /// <summary>Adam with decoupled weight decay (arXiv:1711.05101).</summary>
    AdamW,

    /// <summary>Stochastic gradient descent with Nesterov momentum.</summary>
    Sgd,
}

/// <summary>Settings of the training loop; names follow Ultralytics and mmengine where they agree.</summary>
[RemovedSetting("amp", "false", "mixed precision is not available")]
public sealed record TrainOptions
{
    /// <summary>Passes over the training images.</summary>
    [Range(1, 100000)]
    public int Epochs { get; init; } = 100;

    /// <summary>Images a step.</summary>
    [Range(1, 4096)]
    public int Batch { get; init; } = 16;

    /// <summary>Side of the square input in pixels, a multiple of 32.</summary>
    [Range(32, 8192), MultipleOf(32)]
    public int Imgsz { get; init; } = 640;

    /// <summary>Peak learning rate.</summary>
    [Range(0.0, 10.0)]
    public double Lr { get; init; } = 2e-4;

    /// <summary>The rate ends at this share of its peak.</summary>
    [Range(0.0, 1.0)]
    public double LrFinal { get; init; } = 0.01;

    /// <summary>How the rate falls.</summary>
    public ScheduleKind Schedule { get; init; } = ScheduleKind.Linear;

    /// <summary>Epochs of rising rate; never more than a tenth of the run.</summary>
    [Range(0.0, 1000.0)]
    public double WarmupEpochs { get; init; } = 3;

    /// <summary>Which optimizer steps.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.AdamW;

    /// <summary>Momentum of SGD, first decay rate of AdamW.</summary>
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.9;

    /// <summary>Decoupled weight decay.</summary>
    [Range(0.0, 10.0)]
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Whether norms and biases decay too, as in the published base recipe.</summary>
    public bool DecayNorms { get; init; }

    /// <summary>Largest global norm of a step's gradients; 0: no limit.</summary>
    [Range(0.0, 1e9)]
    public double ClipNorm { get; init; } = 10;

    /// <summary>Long-run share of the newest weights in the averaged copy.</summary>
    [Range(0.0, 1.0)]
    public double EmaMomentum { get; init; } = 1e-4;

    /// <summary>Steps in which the averaged copy stops following closely.</summary>
    [Range(1.0, 1e9)]
    public double EmaSteps { get; init; } = 2000;

    /// <summary>Seed of everything random.</summary>
    [Range(0, int.MaxValue)]
    public int Seed { get; init; }

    /// <summary>Threads that prepare images.</summary>
    [Range(0, 256)]
    public int Workers { get; init; } = 2;

    /// <summary>Epochs since mAP last rose before the run stops; 0: never. An equal mAP is no rise, and nothing counts before the first one.</summary>
    [Range(0, 100000)]
    public int Patience { get; init; } = 100;

    /// <summary>Validate each so many epochs; the last ones (see <see cref="CloseMosaic"/>) always.</summary>
    [Range(1, 100000)]
    public int ValInterval { get; init; } = 1;

    /// <summary>Keep a copy each so many epochs; 0: only best and last.</summary>
    [Range(0, 100000)]
    public int SavePeriod { get; init; }

    /// <summary>Last epochs without mosaic.</summary>
    [Range(0, 100000)]
    public int CloseMosaic { get; init; } = 10;

    /// <summary>Chance of a mosaic of four images.</summary>
    [Range(0.0, 1.0)]
    public double Mosaic { get; init; } = 1;

    /// <summary>Scale varies by this share around 1.</summary>
    [Range(0.0, 0.99)]
    public double Scale { get; init; } = 0.5;

    /// <summary>Shift by up to this share of the side.</summary>
    [Range(0.0, 0.9)]
    public double Translate { get; init; } = 0.1;

    /// <summary>Chance of mirroring left to right.</summary>
    [Range(0.0, 1.0)]
    public double Fliplr { get; init; } = 0.5;

    /// <summary>Chance of mixing two images.</summary>
    [Range(0.0, 1.0)]
    public double Mixup { get; init; }

    /// <summary>Hue varies by this share.</summary>
    [Range(0.0, 1.0)]
    public double HsvH { get; init; } = 0.015;

    /// <summary>Saturation varies by this share.</summary>
    [Range(0.0, 1.0)]
    public double HsvS { get; init; } = 0.7;

    /// <summary>Brightness varies by this share.</summary>
    [Range(0.0, 1.0)]
    public double HsvV { get; init; } = 0.4;

    /// <summary>Steps with NaN or infinite gradients in a row before the run stops.</summary>
    [Range(1, 100000)]
    public int BadStepLimit { get; init; } = 20;
}
