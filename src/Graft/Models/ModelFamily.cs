namespace Graft.Models;

/// <summary>What tells a family of networks by its weights: each family says it in its own folder.</summary>
/// <param name="TryRecognise">The network that names and shapes belong to, or null.</param>
/// <param name="Describe">A network of this family in words, such as <c>YOLO-World v2, size S (widen 0.5, deepen 0.33)</c>; null for others.</param>
/// <param name="ConfigOf">The name of the configuration that builds it; null for other families and for sizes without one.</param>
public sealed record ModelFamily(
    Func<WeightShapes, ModelOptions?> TryRecognise, Func<ModelOptions, string?> Describe, Func<ModelOptions, string?> ConfigOf);
