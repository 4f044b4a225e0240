using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>A part of a network that is one convolution once its normalisations, and parallel branches, are folded.</summary>
public interface IFoldableUnit
{
    /// <summary>Whether the unit is in its folded form.</summary>
    bool IsFolded { get; }

    /// <summary>The convolution of the folded form.</summary>
    /// <exception cref="InvalidOperationException">The unit is not folded.</exception>
    Conv2d FoldedConvolution { get; }

    /// <summary>The layer that is attached where the folded convolution ends, before the activation; null without one.</summary>
    Layer? InnerFollower { get; }

    /// <summary>Computes the folded convolution; the unit is not changed.</summary>
    /// <param name="path">Dotted path of the unit, for messages.</param>
    /// <exception cref="GraftException">Of kind Refused: a layer is attached inside the unit.</exception>
    Conv2d Fold(string path);
}
