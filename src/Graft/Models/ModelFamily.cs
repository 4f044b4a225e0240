using Graft.Files;
using Graft.Torch.Layers;

namespace Graft.Models;

/// <summary>A family of networks: its options record, how its weight files are recognised, and its blocks. One instance per family, registered in
/// <see cref="ModelFamilies"/>.</summary>
public abstract class ModelFamily
{
    /// <summary>The value of <c>model.kind</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>The family's name in messages.</summary>
    public abstract string Title { get; }

    /// <summary>The family's options with default values.</summary>
    public abstract ModelOptions Defaults { get; }

    /// <summary>Whether these tensor names belong to a network of this family.</summary>
    public abstract bool Fits(IReadOnlyCollection<string> names);

    /// <summary>The network that names and shapes belong to; null: another family, or sizes that names and shapes do not
    /// determine.</summary>
    public abstract ModelOptions? TryRecognise(WeightShapes shapes);

    /// <summary>The network in a checkpoint of the Ultralytics family with the map of its tensor names; null: another network.</summary>
    /// <param name="shapes">Names and shapes of the tensors.</param>
    /// <param name="yaml">The layer table stored in the checkpoint; null without.</param>
    /// <exception cref="GraftException">Of kind Model: of this family, with sizes that cannot be built.</exception>
    public virtual (ModelOptions Model, NameMap Map)? TryReadUltralytics(WeightShapes shapes, PickleValue? yaml) => null;

    /// <summary>Names of blocks that can run alone.</summary>
    public virtual IReadOnlyCollection<string> Blocks => [];

    /// <summary>Builds one of <see cref="Blocks"/> with fresh weights.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="arguments">Constructor arguments by name.</param>
    /// <exception cref="GraftException">An argument is missing or its value does not fit.</exception>
    public virtual Layer CreateBlock(string name, IReadOnlyDictionary<string, string> arguments)
        => throw new GraftException(Failure.Usage, $"{Title} has no block '{name}' that runs alone.");
}
