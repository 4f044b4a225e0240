using System.ComponentModel.DataAnnotations;

namespace Graft.Adapters;

/// <summary>Settings that both versions of <see cref="MoeRepMonaAdapter"/> share.</summary>
public abstract record MoeRepMonaBaseOptions : AdapterOptions
{
    /// <summary>r, inner channels.</summary>
    [Range(1, 4096)]
    public int Rank { get; init; } = 16;

    /// <summary>Sides of the experts' depthwise kernels, odd; one expert each.</summary>
    [Range(1, 63)]
    public IReadOnlyList<int> KernelSizes { get; init; } = [3, 5, 7];

    /// <summary>k: experts used per image.</summary>
    [Range(1, 64)]
    public int TopK { get; init; } = 2;

    /// <summary>Squeeze-and-excitation has max(r/this, 4) hidden channels.</summary>
    [Range(1, 1024)]
    public int SeReduction { get; init; } = 4;

    /// <summary>τ: the router's logits are divided by it.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 1;

    /// <summary>Whether noise of trainable scale is added to the router's logits while training.</summary>
    public bool RouterNoise { get; init; }

    /// <inheritdoc/>
    public override MergeRule Merge => MoeRepMonaAdapter.Rule;
}
