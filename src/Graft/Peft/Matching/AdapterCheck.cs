namespace Graft.Peft;

/// <summary>Checks of an adapter: that it has an effect, fits its base, and equals the LoRA inside its checkpoint.</summary>
/// <param name="Adapter">The adapter.</param>
public sealed record AdapterCheck(PeftAdapter Adapter)
{
    /// <summary>How it fits a base; null: none was given.</summary>
    public AdapterFit? Fit { get; init; }

    /// <summary>How it differs from the LoRA inside a checkpoint; null: none was given.</summary>
    public LoraComparison? Comparison { get; init; }

    /// <summary>Whether all checks pass: finite values that have an effect, every tensor and target matched, equal values.</summary>
    public bool IsExplained => Adapter.HasEffect && Adapter.NotFinite.Count == 0
        && Fit is null or { IsComplete: true, TargetsWithoutTensors.Count: 0 } && Comparison is null or { Agree: true };
}
