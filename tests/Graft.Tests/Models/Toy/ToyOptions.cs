using System.ComponentModel.DataAnnotations;
using Graft.Detectors;
using Graft.Models;
using Graft.Training;

namespace Graft.Tests.Models.Toy;

/// <summary>Sizes of the toy network.</summary>
public sealed record ToyOptions : ModelOptions
{
    /// <summary>Channels of the feature map.</summary>
    [Range(8, 256)]
    public int Channels { get; init; } = 16;

    /// <summary>Number of classes.</summary>
    [Range(1, 1000)]
    public int Nc { get; init; } = 2;

    /// <inheritdoc/>
    public override string Description => $"Toy, {Channels} channels";

    /// <inheritdoc/>
    public override int Classes => Nc;

    /// <inheritdoc/>
    public override DetectionNetwork CreateNetwork() => new ToyNetwork(this);

    /// <inheritdoc/>
    public override IDetector Create(Vocabulary vocabulary, DetectionLoss? loss = null) => new ToyDetector(new ToyNetwork(this), vocabulary.Names, loss);

    /// <inheritdoc/>
    public override ModelOptions WithClasses(int classes) => this with { Nc = classes };
}
