namespace Graft.Torch.Layers;

/// <summary>A layer that computes the same in fewer passes over memory once its weights are fixed.</summary>
public interface IFrozenForm
{
    /// <summary>The module that runs in place of the layer's own computation; null: the layer itself runs.</summary>
    Module? FrozenForm { get; set; }

    /// <summary>Builds that module from the present weights, frozen; null where an adapter inside the layer needs the layer itself.</summary>
    Module? CreateFrozenForm();
}
