namespace Graft.Training;

/// <summary>An observer made of delegates; events without one are ignored.</summary>
public sealed class RunObserver : IRunObserver
{
    /// <summary>Called after each step.</summary>
    public Action<StepReport>? Step { get; init; }

    /// <summary>Called after each epoch.</summary>
    public Action<EpochReport>? Epoch { get; init; }

    /// <summary>Called with messages for the user.</summary>
    public Action<string>? Note { get; init; }

    /// <inheritdoc/>
    public void OnStep(StepReport report) => Step?.Invoke(report);

    /// <inheritdoc/>
    public void OnEpoch(EpochReport report) => Epoch?.Invoke(report);

    /// <inheritdoc/>
    public void OnNote(string note) => Note?.Invoke(note);
}
