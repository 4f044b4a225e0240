using System.ComponentModel.DataAnnotations;

namespace Graft.Adapters;

/// <summary>Weights of the frozen model that are trainable; their norms use batch statistics again.</summary>
public sealed record UnfreezeOptions
{
    /// <summary>Pattern on the dotted names of modules or weights.</summary>
    public required string At { get; init; }

    /// <summary>Factor on the learning rate.</summary>
    [Range(0.0, 1000.0)]
    public double LrMult { get; init; } = 1;

    /// <summary>Factor on the weight decay.</summary>
    [Range(0.0, 1000.0)]
    public double DecayMult { get; init; } = 1;

    /// <summary>The original has this pattern although it matches nothing; reports name it as without effect.</summary>
    public bool Historical { get; init; }

    /// <summary>The mode in which the entry applies.</summary>
    public TuningWhen When { get; init; }
}
