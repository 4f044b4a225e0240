using Graft.Models;

namespace Graft.Tests.Models.Toy;

/// <summary>The family of the toy network: its kind, and how its weight files are recognised.</summary>
public sealed class ToyFamily : ModelFamily
{
    /// <summary>The one instance.</summary>
    public static ToyFamily Instance { get; } = new();

    /// <inheritdoc/>
    public override string Kind => "toy";

    /// <inheritdoc/>
    public override string Title => "Toy";

    /// <inheritdoc/>
    public override ModelOptions Defaults { get; } = new ToyOptions();

    /// <inheritdoc/>
    public override bool Fits(IReadOnlyCollection<string> names) => names.Contains("toy_classes.weight");

    /// <inheritdoc/>
    public override ModelOptions? TryRecognise(WeightShapes shapes)
        => !Fits(shapes.Names) ? null
            : new ToyOptions { Nc = (int)shapes["toy_classes.weight"][0], Channels = (int)shapes["toy_classes.weight"][1] };
}
