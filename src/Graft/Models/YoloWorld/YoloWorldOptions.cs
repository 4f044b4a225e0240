using System.ComponentModel.DataAnnotations;
using Graft.Configuration;
using Graft.Detectors;
using Graft.Training;

namespace Graft.Models.YoloWorld;

/// <summary>Sizes and variants of YOLO-World (arXiv:2401.17270).</summary>
/// <remarks>
/// | size | widen | deepen | last stage | parameters v2 | v1 |
/// |---|---|---|---|---|---|
/// | N | 0.25 | 0.33 | 1024 | 3.70 M | 4.20 M |
/// | S | 0.50 | 0.33 | 1024 | 12.76 M | 13.38 M |
/// | M | 0.75 | 0.67 | 768 | 28.38 M | 29.07 M |
/// | L | 1.00 | 1.00 | 512 | 46.83 M | 47.55 M |
/// | X | 1.25 | 1.00 | 512 | 72.89 M | 73.69 M |
/// | XL | 1.50 | 1.00 | 512 | 104.68 M | – |
/// </remarks>
[RemovedSetting("folded", "false", "the weights tell whether normalisations are folded", Ignored = true)]
[RemovedSetting("composed_head", "false", "the weights tell whether the head is composed", Ignored = true)]
[RemovedSetting("baked_head", "0", "the weights tell what is baked in", Ignored = true)]
[RemovedSetting("baked_neck", "0", "the weights tell what is baked in", Ignored = true)]
public sealed record YoloWorldOptions : ModelOptions
{
    /// <summary>1: text enhancer and L2-normalised contrast; 2: neither, batch-normalised contrast.</summary>
    [Range(1, 2)]
    public int Version { get; init; } = 2;

    /// <summary>Factor on all channel counts.</summary>
    [Range(0.03, 4.0)]
    public double WidenFactor { get; init; } = 0.5;

    /// <summary>Factor on all block counts.</summary>
    [Range(0.01, 4.0)]
    public double DeepenFactor { get; init; } = 0.33;

    /// <summary>Channels of the last stage before widening.</summary>
    [Range(32, 4096)]
    public int LastStageOutChannels { get; init; } = 1024;

    /// <summary>Channels of the text gates at strides 8, 16, 32 after widening; null: by the size.</summary>
    [Range(1, 8192)]
    public int[]? NeckEmbedChannels { get; init; }

    /// <summary>Heads of the text gates at strides 8, 16, 32 after widening; null: by the size.</summary>
    [Range(1, 256)]
    public int[]? NeckNumHeads { get; init; }

    /// <summary>Number of classes; it widens the class branch when greater than the channels at stride 8.</summary>
    [Range(1, 100000)]
    public int NumClasses { get; init; } = 80;

    /// <summary>Width of a text embedding.</summary>
    [Range(1, 8192)]
    public int TextDim { get; init; } = 512;

    /// <summary>Width of the class embedding that is compared with the text; null: that of the text.</summary>
    [Range(1, 8192)]
    public int? EmbedDims { get; init; }

    /// <summary>Bins of a box side's distribution.</summary>
    [Range(2, 64)]
    public int RegMax { get; init; } = 16;

    /// <summary>Width of v1's text enhancer.</summary>
    [Range(8, 4096)]
    public int EnhancerChannels { get; init; } = 256;

    /// <summary>Heads of v1's text enhancer.</summary>
    [Range(1, 64)]
    public int EnhancerHeads { get; init; } = 8;

    /// <summary>Folded, baked or for training; the weights determine it.</summary>
    internal YoloWorldForm Form { get; init; } = new();

    /// <inheritdoc/>
    public override string Description => YoloWorldLayout.Describe(this);

    /// <inheritdoc/>
    public override string? ConfigName => YoloWorldLayout.ConfigOf(this);

    /// <inheritdoc/>
    public override int Classes => NumClasses;

    /// <inheritdoc/>
    public override int? TextWidth => TextDim;

    /// <inheritdoc/>
    public override bool ReadsText => Form.ReadsText;

    /// <inheritdoc/>
    public override bool NeedsNoText => Form.NeedsNoText;

    /// <inheritdoc/>
    public override bool HasBakedVocabulary => Form.BakedHead > 0;

    /// <inheritdoc/>
    public override bool CanBakeVocabulary => Version == 2 && Form.ReadsText;

    /// <inheritdoc/>
    public override IReadOnlyList<string> TensorsBesideNetwork => ["backbone.text_model.*"];

    /// <summary>Channels of the stem and stages 1 to 4.</summary>
    public int[] StageChannels => [.. new[] { 64, 128, 256, 512, LastStageOutChannels }.Select(Wide)];

    /// <summary>Blocks of stages 1 to 4.</summary>
    public int[] StageBlocks => [.. new[] { 3, 6, 6, 3 }.Select(blocks => Scaled(blocks, DeepenFactor))];

    /// <summary>Channels at strides 8, 16, 32.</summary>
    public int[] LevelChannels => StageChannels[2..];

    /// <summary>Blocks of each neck layer.</summary>
    public int NeckBlocks => Scaled(3, DeepenFactor);

    /// <summary>Channels of the gates at strides 8, 16, 32.</summary>
    public int[] GateChannels
        => NeckEmbedChannels ?? [.. new[] { 128, 256, LastStageOutChannels / 2 }.Select(channels => Scaled(channels, WidenFactor))];

    /// <summary>Heads of the gates at strides 8, 16, 32.</summary>
    public int[] GateHeads
        => NeckNumHeads ?? [.. new[] { 4, 8, LastStageOutChannels / 2 / 32 }.Select(heads => Scaled(heads, WidenFactor))];

    /// <summary>Hidden channels of the class branch.</summary>
    public int ClassHidden => Math.Max(LevelChannels[0], NumClasses);

    /// <summary>Hidden channels of the box branch.</summary>
    public int BoxHidden => Math.Max(16, Math.Max(LevelChannels[0] / 4, 4 * RegMax));

    /// <summary>Width of the class embedding.</summary>
    public int ClassEmbedding => EmbedDims ?? TextDim;

    /// <inheritdoc/>
    public override DetectionNetwork CreateNetwork() => new YoloWorld(this);

    /// <inheritdoc/>
    public override IDetector Create(Vocabulary vocabulary, DetectionLoss? loss = null) => new YoloWorldDetector(new YoloWorld(this), vocabulary, loss);

    /// <inheritdoc/>
    public override ModelOptions WithClasses(int classes) => this with { NumClasses = classes };

    /// <inheritdoc/>
    public override ModelOptions WithFormOf(WeightShapes shapes) => YoloWorldLayout.FormOf(shapes) is { } form ? this with { Form = form } : this;

    private int Wide(int channels) => (int)Math.Ceiling(channels * WidenFactor / 8) * 8;

    private static int Scaled(int count, double factor) => count > 1 ? Math.Max((int)Math.Round(count * factor), 1) : count;
}
