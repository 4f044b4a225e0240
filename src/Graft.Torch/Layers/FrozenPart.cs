using System.Diagnostics.CodeAnalysis;

namespace Graft.Torch.Layers;

/// <summary>The frozen layers of a network in training, in the form in which they are deployed: norms folded, weights packed.</summary>
/// <remarks>Before the first trainable layer nothing is kept for a backward pass; behind it, only what the gradients of the maps need. The
/// results differ from those of the layers by rounding. Weights that are frozen must keep their values until this is disposed.</remarks>
public sealed class FrozenPart : IDisposable
{
    private readonly List<(IFrozenForm Layer, Module Form)> _forms = [];
    private readonly List<Conv2d> _convolutions = [];

    private FrozenPart()
    {
    }

    /// <summary>Builds the deployed forms of all frozen layers; the network does not change.</summary>
    /// <param name="network">The network, tuned as it will be trained.</param>
    public FrozenPart(Module network)
    {
        ArgumentNullException.ThrowIfNull(network);
        foreach ((_, Module module) in network.Modules().Where(found => found.Module.IsFrozen))
        {
            if (module is IFrozenForm layer && layer.CreateFrozenForm() is { } form)
            {
                _forms.Add((layer, form));
            }
            else if (module is Conv2d { Packed: false } conv)
            {
                _convolutions.Add(conv);
            }
        }
    }

    /// <summary>No layer runs in another form.</summary>
    public static FrozenPart None => new();

    /// <summary>Number of layers that run in another form.</summary>
    public int Count => _forms.Count + _convolutions.Count;

    /// <summary>Until the result is disposed, the network runs with these forms.</summary>
    public Use Begin()
    {
        Put(inPlace: true);
        return new Use(this);
    }

    /// <inheritdoc/>
    public void Dispose() => _forms.ForEach(entry => entry.Form.Dispose());

    private void Put(bool inPlace)
    {
        _forms.ForEach(entry => entry.Layer.FrozenForm = inPlace ? entry.Form : null);
        _convolutions.ForEach(conv => conv.Packed = inPlace);
    }

    /// <summary>A time in which the network runs with its frozen layers in deployed form.</summary>
    [SuppressMessage("Performance", "CA1815", Justification = "Such times are never compared.")]
    public readonly struct Use : IDisposable
    {
        private readonly FrozenPart _part;

        internal Use(FrozenPart part) => _part = part;

        /// <summary>The layers themselves run again.</summary>
        public void Dispose() => _part.Put(inPlace: false);
    }
}
