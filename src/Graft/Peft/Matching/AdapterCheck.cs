namespace Graft.Peft;

/// <summary>Whether an adapter can be trusted: it has an effect, it fits its base, and it equals the LoRA inside its checkpoint.</summary>
/// <param name="Adapter">The adapter.</param>
public sealed record AdapterCheck(PeftAdapter Adapter)
{
    /// <summary>How it fits a base; null: none was given.</summary>
    public AdapterFit? Fit { get; init; }

    /// <summary>How it differs from the LoRA inside a checkpoint; null: none was given.</summary>
    public LoraComparison? Comparison { get; init; }

    /// <summary>Whether everything is explained: finite values that have an effect, every tensor and target in its place, equal values.</summary>
    public bool IsExplained => Adapter.HasEffect && Adapter.NotFinite.Count == 0
        && Fit is null or { IsComplete: true, TargetsWithoutTensors.Count: 0 } && Comparison is null or { Agree: true };
}
