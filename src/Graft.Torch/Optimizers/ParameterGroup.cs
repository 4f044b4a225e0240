using Graft.Torch.Layers;

namespace Graft.Torch.Optimizers;

/// <summary>One parameter and its factors on the global learning rate and weight decay.</summary>
/// <param name="Name">Dotted name.</param>
/// <param name="Parameter">The parameter.</param>
/// <param name="RateFactor">Its learning rate is the global one times this.</param>
/// <param name="DecayFactor">Its weight decay is the global one times this.</param>
public sealed record ParameterGroup(string Name, Parameter Parameter, double RateFactor = 1, double DecayFactor = 1);
