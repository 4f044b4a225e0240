using System.Globalization;

namespace Graft.Runtime;

/// <summary>One object that a detector found.</summary>
/// <param name="Label">Index of the class, 0-based, in the order of the model's names.</param>
/// <param name="Name">Name of the class; "class 3" where the model has no name for it.</param>
/// <param name="Score">Confidence, 0..1.</param>
/// <param name="Box">Where, in pixels of the image that was given.</param>
public readonly record struct Detection(int Label, string Name, float Score, Box Box)
{
    /// <summary>Reads like "spur 0.91 at (120, 44), 60 × 32 px".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} {Score:0.00} at {Box}");
}
