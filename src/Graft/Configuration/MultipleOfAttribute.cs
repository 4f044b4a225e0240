namespace Graft.Configuration;

/// <summary>A whole number that must be a multiple of another, beside the limits of its range.</summary>
/// <param name="divisor">What it must be a multiple of.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MultipleOfAttribute(int divisor) : Attribute
{
    /// <summary>What the number must be a multiple of.</summary>
    public int Divisor { get; } = divisor;
}
