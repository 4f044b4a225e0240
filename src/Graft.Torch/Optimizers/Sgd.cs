using Graft.Torch.Layers;

namespace Graft.Torch.Optimizers;

/// <summary>Stochastic gradient descent with Nesterov momentum; weight decay is added to the gradient.</summary>
public sealed class Sgd : Optimizer
{
    private readonly Dictionary<string, Tensor> _velocity = [];

    /// <summary>Creates the optimizer; velocities start at zero.</summary>
    public Sgd(IReadOnlyList<ParameterGroup> groups, double momentum = 0.9)
        : base(groups)
    {
        Momentum = momentum;
        using NoGrad off = NoGrad.Begin();
        foreach (ParameterGroup group in groups)
        {
            _velocity[group.Name] = group.Parameter.Value.ZerosLike().Unscoped();
        }
    }

    /// <summary>Factor on the previous velocity; warm-up may change it.</summary>
    public double Momentum { get; set; }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Tensor Value)> State() => _velocity.Select(entry => (entry.Key + "/momentum", entry.Value));

    private protected override void Update(string name, Parameter parameter, Tensor gradient, double rate, double decay, double scale)
    {
        using NoGrad off = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        Tensor weight = parameter.Value, velocity = _velocity[name];
        Tensor force = (gradient * scale).AddInPlace(weight, decay);
        velocity.ScaleInPlace(Momentum).AddInPlace(force);
        weight.AddInPlace(force.AddInPlace(velocity, Momentum), -rate);
    }
}
