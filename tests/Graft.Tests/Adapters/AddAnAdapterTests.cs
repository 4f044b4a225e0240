using System.ComponentModel.DataAnnotations;
using Graft.Adapters;
using Graft.Detectors;
using Graft.Models.YoloWorld;
using Graft.Rewriting;
using Graft.Runs;
using Graft.Testing;
using Graft.Tests.Rewriting;
using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Optimizers;

namespace Graft.Tests.Adapters;

/// <summary>The code of docs/add-an-adapter.md: two new adapters are trained, saved, loaded and merged.</summary>
public class AddAnAdapterTests
{
    private static readonly Vocabulary Words = Vocabulary.StandIn(["scratch", "dent", "stain", "crack", "hole"], 24);
    private static readonly ProofOptions Quick = new() { RandomSide = 64, CostSide = 64, TimedRuns = 0 };

    public AddAnAdapterTests()
    {
        AdapterOptions.Register<ChannelMixOptions>("channel_mix");
        AdapterOptions.Register<RectifiedMixOptions>("rectified_mix");
    }

    [Theory]
    [InlineData("channel_mix")]
    [InlineData("rectified_mix")]
    public void ATrainedAdapter_IsTheSameFromItsFile(string kind)
    {
        using TensorScope scope = TensorScope.Begin();
        using TemporaryFolder folder = new();
        string path = folder.At("adapter.safetensors");
        using YoloWorldDetector trained = Trained(kind, path), plain = new(RandomNetworks.World(type: DType.Float), Words);
        Tensor image = RandomNetworks.Noise(DType.Float, 1, 3, 64, 64);
        using NoGrad off = NoGrad.Begin();
        RawDetections expected = Subject.Of(trained).Forward(image), before = Subject.Of(plain).Forward(image);
        using AdapterSet set = new(plain.Network);
        set.Load("one", path);
        set.Use("one");
        RawDetections loaded = Subject.Of(plain).Forward(image);
        Assert.Equal(0, RandomNetworks.Difference(expected, loaded));
        Assert.NotEqual(0, RandomNetworks.Difference(expected, before));
        set.Use(null);
        Assert.Equal(0, RandomNetworks.Difference(before, Subject.Of(plain).Forward(image)));
    }

    [Fact]
    public void ALinearAdapter_MergesWithProof()
    {
        using TemporaryFolder folder = new();
        using YoloWorldDetector trained = Trained("channel_mix", folder.At("adapter.safetensors")), plain = new(RandomNetworks.World(type: DType.Float), Words);
        using Rewrite rewrite = Rewrite.Of(trained);
        using Rewritten merged = rewrite.MergeAdapters(new MergeOptions { Completely = true }).Prove(Quick);
        Assert.InRange(merged.Proof.MaxRelativeDouble!.Value, 0, 1e-9);
        Assert.Empty(merged.Report.Left);
        Assert.Equal(plain.Network.StateDict().Select(entry => entry.Name), merged.Network.StateDict().Select(entry => entry.Name));
    }

    [Fact]
    public void ANonlinearAdapter_StaysWithItsReason()
    {
        using TemporaryFolder folder = new();
        using YoloWorldDetector trained = Trained("rectified_mix", folder.At("adapter.safetensors"));
        using Rewrite strict = Rewrite.Of(trained), rewrite = Rewrite.Of(trained);
        MergeRefusedException refused = Assert.Throws<MergeRefusedException>(() => strict.MergeAdapters(new MergeOptions { Completely = true }));
        Assert.Contains("ReLU stands before the convolution", refused.Message, StringComparison.Ordinal);
        using Rewritten merged = rewrite.MergeAdapters().Prove(Quick);
        Assert.Equal(3, merged.Report.Left.Count);
        Assert.All(merged.Report.Left, left => Assert.Contains("ReLU stands before", left.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void ATakenName_IsRefused()
    {
        AdapterOptions.Register<ChannelMixOptions>("channel_mix");
        Assert.Contains("'lora' is taken", Assert.Throws<GraftException>(() => AdapterOptions.Register<ChannelMixOptions>("lora")).Message, StringComparison.Ordinal);
        Assert.Contains("'channel_mix'", Assert.Throws<GraftException>(() => AdapterOptions.Register<RectifiedMixOptions>("channel_mix")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ThePage_ShowsThisCode()
    {
        string page = File.ReadAllText(Path.Combine(Shared.Checkout, "docs", "add-an-adapter.md")).ReplaceLineEndings("\n");
        string source = File.ReadAllText(Path.Combine(Shared.Checkout, "tests", "Graft.Tests", "Adapters", "AddAnAdapterTests.cs")).ReplaceLineEndings("\n");
        string[] blocks = [.. page.Split("```").Where((_, i) => i % 2 == 1).Where(block => block.StartsWith("csharp\n", StringComparison.Ordinal)).Select(block => block["csharp\n".Length..].Trim())];
        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.Contains(block, source, StringComparison.Ordinal));
    }

    /// <summary>A small detector with the adapter behind the neck, after two steps; its adapter file is written.</summary>
    private static YoloWorldDetector Trained(string kind, string path)
    {
        using TensorScope scope = TensorScope.Begin();
        YoloWorldDetector detector = new(RandomNetworks.World(type: DType.Float), Words);
        TuningOptions tuning = new() { Adapters = [AdapterOptions.Parse(kind, "gain=0.5") with { At = ["neck.out"] }] };
        AttachedAdapters attached = Tuning.Plan(detector, tuning).Apply();
        Assert.All(attached.Adapters, planned => Assert.True(planned.Adapter.IsInert));
        using AdamW optimizer = new(attached.Groups);
        Targets targets = new(1, [new(0, 0, 10, 10, 60, 50), new(0, 1, 20, 70, 120, 125)]);
        detector.Network.Train();
        for (int step = 0; step < 2; step++)
        {
            detector.ComputeLoss(RandomNetworks.Noise(DType.Float, 1, 3, 128, 128), targets).Total.Backward();
            optimizer.Step(1e-2, 0);
            optimizer.ZeroGrad();
        }

        detector.Network.Train(false);
        Assert.Contains(attached.Adapters, planned => !planned.Adapter.IsInert);
        AdapterFile.Save(path, attached, Words);
        return detector;
    }
}

/// <summary>Settings of <see cref="ChannelMixAdapter"/>.</summary>
public sealed record ChannelMixOptions : AdapterOptions
{
    /// <summary>g, factor on the mixed channels.</summary>
    [Range(0.0, 100.0)]
    public double Gain { get; init; } = 1;

    /// <inheritdoc/>
    public override MergeRule Merge => new(true, "linear and without bias: I + g·U folds into every convolution that reads the output");

    /// <inheritdoc/>
    public override Adapter Create(int channels) => new ChannelMixAdapter(this, channels);
}

/// <summary>y = x + g·U·x with U a 1×1 convolution that starts at zero.</summary>
public sealed class ChannelMixAdapter : Adapter
{
    private readonly double _gain;
    private readonly Conv2d _mix;

    /// <summary>Builds it for C channels.</summary>
    public ChannelMixAdapter(ChannelMixOptions options, int channels)
        : base(options, channels)
    {
        _gain = options.Gain;
        _mix = Add("mix", WithWeight(new Conv2d(channels, channels, bias: false), Tensor.Zeros(channels, channels, 1, 1)));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Gates => [_mix.Weight];

    /// <inheritdoc/>
    public override Tensor Matrix()
    {
        using NoGrad off = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        Tensor mix = _mix.Weight.Value.Flatten(1).To(DType.Double) * (_gain * Strength);
        return scope.Keep(mix + Tensor.Eye(Channels).To(DType.Double));
    }

    /// <inheritdoc/>
    protected override Tensor Adapt(Tensor x) => x + (_mix.Forward(x) * _gain);
}

/// <summary>Settings of <see cref="RectifiedMixAdapter"/>.</summary>
public sealed record RectifiedMixOptions : AdapterOptions
{
    /// <summary>g, factor on the mixed channels.</summary>
    [Range(0.0, 100.0)]
    public double Gain { get; init; } = 1;

    /// <inheritdoc/>
    public override MergeRule Merge => new(false, "ReLU stands before the convolution");

    /// <inheritdoc/>
    public override Adapter Create(int channels) => new RectifiedMixAdapter(this, channels);
}

/// <summary>y = x + g·U·ReLU(x), which no matrix describes.</summary>
public sealed class RectifiedMixAdapter : Adapter
{
    private readonly double _gain;
    private readonly Conv2d _mix;

    /// <summary>Builds it for C channels.</summary>
    public RectifiedMixAdapter(RectifiedMixOptions options, int channels)
        : base(options, channels)
    {
        _gain = options.Gain;
        _mix = Add("mix", WithWeight(new Conv2d(channels, channels, bias: false), Tensor.Zeros(channels, channels, 1, 1)));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Gates => [_mix.Weight];

    /// <inheritdoc/>
    protected override Tensor Adapt(Tensor x) => x + (_mix.Forward(x.Relu()) * _gain);
}
