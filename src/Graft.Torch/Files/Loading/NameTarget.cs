namespace Graft.Files;

/// <summary>The right side of a <see cref="NameMap"/> rule: another name, or the reason why the tensor is left out.</summary>
/// <param name="Pattern">The new name, with a <c>*</c> for each one on the left; null when the tensor is left out.</param>
/// <param name="Reason">Why it is left out.</param>
public readonly record struct NameTarget(string? Pattern, string? Reason)
{
    /// <summary>A new name.</summary>
    public static implicit operator NameTarget(string pattern) => new(pattern, null);

    /// <summary>A new name.</summary>
    public static NameTarget FromString(string pattern) => pattern;
}
