using System.ComponentModel.DataAnnotations;
using Graft.Configuration;
using Graft.Detectors;
using Graft.Training;

namespace Graft.Models.YoloV10;

/// <summary>Sizes of YOLOv10 (arXiv:2405.14458); scales differ in depth, width and which layers are compact inverted blocks.</summary>
/// <remarks>
/// | scale | depth | width | widest | compact layers | 7×7 | deployed: parameters, GFLOPs |
/// |---|---|---|---|---|---|---|
/// | N | 0.33 | 0.25 | 1024 | 22 | yes | 2.30 M, 6.70 |
/// | S | 0.33 | 0.50 | 1024 | 8, 22 | yes | 7.25 M, 21.58 |
/// | M | 0.67 | 0.75 | 768 | 8, 19, 22 | | 15.36 M, 59.10 |
/// | B | 0.67 | 1.00 | 512 | 8, 13, 19, 22 | | 19.07 M, 91.96 |
/// | L | 1.00 | 1.00 | 512 | 8, 13, 19, 22 | | 24.37 M, 120.35 |
/// | X | 1.00 | 1.25 | 512 | 6, 8, 13, 19, 22 | | 29.47 M, 160.39 |
/// </remarks>
[RemovedSetting("folded", "false", "the weights tell whether normalisations are folded", Ignored = true)]
[RemovedSetting("one_to_many", "true", "the weights tell whether the one-to-many head is there", Ignored = true)]
public sealed record YoloV10Options : ModelOptions
{
    /// <summary>Bins of a box side's distribution.</summary>
    public const int RegMax = 16;

    /// <summary>Which layout.</summary>
    public YoloV10Scale Scale { get; init; }

    /// <summary>Factor on block counts; null: the scale's.</summary>
    [Range(0.01, 4.0)]
    public double? Depth { get; init; }

    /// <summary>Factor on channel counts; null: the scale's.</summary>
    [Range(0.01, 4.0)]
    public double? Width { get; init; }

    /// <summary>Maximum number of channels before <see cref="Width"/>; null: the scale's.</summary>
    [Range(8, 8192)]
    public int? MaxChannels { get; init; }

    /// <summary>Number of classes.</summary>
    [Range(1, 100000)]
    public int Nc { get; init; } = 80;

    /// <summary>For training or rewritten for deployment; the weights determine it.</summary>
    internal YoloV10Form Form { get; init; } = new();

    /// <inheritdoc/>
    public override string Description => YoloV10Layout.Describe(this);

    /// <inheritdoc/>
    public override string? ConfigName => YoloV10Layout.ConfigOf(this);

    /// <inheritdoc/>
    public override int Classes => Nc;

    /// <inheritdoc/>
    public override DetectionNetwork CreateNetwork() => new YoloV10(this);

    /// <inheritdoc/>
    public override IDetector Create(Vocabulary vocabulary, DetectionLoss? loss = null)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        return new YoloV10Detector(new YoloV10(this), vocabulary.Names, loss);
    }

    /// <inheritdoc/>
    public override ModelOptions WithClasses(int classes) => this with { Nc = classes };

    /// <inheritdoc/>
    public override ModelOptions WithFormOf(WeightShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return YoloV10Layout.FormOf(shapes) is { } form ? this with { Form = form } : this;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<NetworkForm> Forms(int side)
    {
        YoloV10Counts counts = YoloV10Counts.Of(this, side, side);
        return [new("training", counts.Training), new("folded", counts.Folded), new("one_to_one", counts.OneToOne), new("deployed", counts.Deployed)];
    }

    /// <summary>Whether compact blocks have a 7×7 depthwise kernel.</summary>
    internal bool LargeKernel => Scale is YoloV10Scale.N or YoloV10Scale.S;

    /// <summary>Whether a layer is a compact inverted block (C2fCIB) instead of a C2f.</summary>
    internal bool IsCompact(int layer) => layer switch
    {
        6 => Scale is YoloV10Scale.X,
        8 => Scale is not YoloV10Scale.N,
        13 => Scale is YoloV10Scale.B or YoloV10Scale.L or YoloV10Scale.X,
        19 => Scale is not (YoloV10Scale.N or YoloV10Scale.S),
        22 => true,
        _ => false,
    };

    /// <summary>Channels of a layer at this scale, from its nominal number.</summary>
    internal int Channels(int nominal)
    {
        // The authors' parser takes a number that equals the number of classes for the classifier's and does not scale it.
        if (nominal == Nc)
        {
            return nominal;
        }

        (_, double width, int most) = Factors;
        return (int)Math.Ceiling(Math.Min(nominal, MaxChannels ?? most) * (Width ?? width) / 8) * 8;
    }

    /// <summary>Blocks of a layer at this scale, from their nominal number.</summary>
    internal int Blocks(int nominal) => Math.Max((int)Math.Round(nominal * (Depth ?? Factors.Depth)), 1);

    private (double Depth, double Width, int MaxChannels) Factors => Scale switch
    {
        YoloV10Scale.N => (0.33, 0.25, 1024),
        YoloV10Scale.S => (0.33, 0.50, 1024),
        YoloV10Scale.M => (0.67, 0.75, 768),
        YoloV10Scale.B => (0.67, 1.00, 512),
        YoloV10Scale.L => (1.00, 1.00, 512),
        _ => (1.00, 1.25, 512),
    };
}
