namespace Graft.Rewriting;

/// <summary>A rewrite that is not exact; nothing was written (exit code 6).</summary>
public sealed class MergeRefusedException : GraftException
{
    /// <summary>Refuses because the outputs of two models differ.</summary>
    /// <param name="message">What differs, by how much, and the limit.</param>
    /// <param name="proof">Both models side by side.</param>
    public MergeRefusedException(string message, Proof proof)
        : base(Failure.Refused, message, "Keep the model that was not rewritten; a larger tolerance accepts a larger difference.")
        => Proof = proof;

    /// <summary>Refuses because no exact rule applies.</summary>
    /// <param name="message">What cannot be folded, where, and why.</param>
    /// <param name="hint">What to do instead.</param>
    public MergeRefusedException(string message, string? hint = null)
        : base(Failure.Refused, message, hint)
    {
    }

    /// <summary>Both models side by side; null when a rule refused before they were run.</summary>
    public Proof? Proof { get; }
}
