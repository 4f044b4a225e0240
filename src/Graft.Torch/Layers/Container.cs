namespace Graft.Torch.Layers;

/// <summary>A module without parameters of its own, for a level of the weight names.</summary>
public sealed class Container : Module;
