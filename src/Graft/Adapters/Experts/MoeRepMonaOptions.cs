using System.ComponentModel.DataAnnotations;

namespace Graft.Adapters;

/// <summary>Settings of <see cref="MoeRepMonaAdapter"/>, first version.</summary>
public sealed record MoeRepMonaOptions : AdapterOptions
{
    /// <summary>r, inner channels.</summary>
    [Range(1, 4096)]
    public int Rank { get; init; } = 16;

    /// <summary>Sides of the experts' depthwise kernels, odd; one expert each.</summary>
    [Range(1, 63)]
    public IReadOnlyList<int> KernelSizes { get; init; } = [3, 5, 7];

    /// <summary>k: experts that count for an image.</summary>
    [Range(1, 64)]
    public int TopK { get; init; } = 2;

    /// <summary>Squeeze-excitation has max(r/this, 4) hidden values.</summary>
    [Range(1, 1024)]
    public int SeReduction { get; init; } = 4;

    /// <summary>τ: the router's logits are divided by it.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 1;

    /// <summary>Whether noise of a learned size is added to the router's logits while training.</summary>
    public bool RouterNoise { get; init; }

    /// <inheritdoc/>
    public override MergeRule Merge => MoeRepMonaAdapter.Rule;

    /// <inheritdoc/>
    public override Adapter Create(int channels) => new MoeRepMonaAdapter(
        this, channels, new ExpertSettings(
            Rank, KernelSizes, TopK, SeReduction, Temperature, RouterNoise, SpatialAttention: false, LoadBalanceWeight: 0));
}
