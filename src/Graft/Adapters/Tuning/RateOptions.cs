using System.ComponentModel.DataAnnotations;

namespace Graft.Adapters;

/// <summary>Other factors for some of the trainable weights.</summary>
public sealed record RateOptions
{
    /// <summary>Pattern on the dotted names of modules or weights, adapters' included.</summary>
    public required string At { get; init; }

    /// <summary>Factor on the learning rate; null: unchanged.</summary>
    [Range(0.0, 1000.0)]
    public double? LrMult { get; init; }

    /// <summary>Factor on the weight decay; null: unchanged.</summary>
    [Range(0.0, 1000.0)]
    public double? DecayMult { get; init; }

    /// <summary>The original has this key although it matches nothing; reports list it as without effect.</summary>
    public bool Historical { get; init; }

    /// <summary>The mode in which the entry applies.</summary>
    public TuningWhen When { get; init; }
}
