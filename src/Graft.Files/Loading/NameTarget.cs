namespace Graft.Files;

/// <summary>The right side of a <see cref="NameMap"/> rule: another name, or how else the tensor is used.</summary>
/// <param name="Pattern">
/// The new name, with a <c>*</c> for each one on the left or with <c>$1</c> for the first of them; null when the tensor has no target of
/// its own.
/// </param>
/// <param name="Reason">How it is used then.</param>
/// <param name="IsMerged">Whether it is merged into other tensors rather than skipped.</param>
public readonly record struct NameTarget(string? Pattern, string? Reason, bool IsMerged = false)
{
    /// <summary>A new name.</summary>
    public static implicit operator NameTarget(string pattern) => new(pattern, null);

    /// <summary>A new name.</summary>
    public static NameTarget FromString(string pattern) => pattern;
}
