namespace Graft.Files;

/// <summary>The right side of a <see cref="NameMap"/> rule: another name, or what else becomes of the tensor.</summary>
/// <param name="Pattern">
/// The new name, with a <c>*</c> for each one on the left or with <c>$1</c> for the first of them; null when the tensor has no place of its own.
/// </param>
/// <param name="Reason">What becomes of it then.</param>
/// <param name="IsMerged">Whether it is merged into other tensors rather than left out.</param>
public readonly record struct NameTarget(string? Pattern, string? Reason, bool IsMerged = false)
{
    /// <summary>A new name.</summary>
    public static implicit operator NameTarget(string pattern) => new(pattern, null);

    /// <summary>A new name.</summary>
    public static NameTarget FromString(string pattern) => pattern;
}
