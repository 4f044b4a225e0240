using Graft.Torch.Interop;
using Graft.Torch.Layers;

namespace Graft.Torch.Optimizers;

/// <summary>AdamW (arXiv:1711.05101): Adam whose weight decay is decoupled from the gradient.</summary>
public sealed class AdamW : Optimizer
{
    private readonly double _beta1, _beta2, _epsilon;
    private readonly Dictionary<string, (Tensor First, Tensor Second)> _moments = [];

    /// <summary>Creates the optimizer; moments start at zero.</summary>
    public AdamW(IReadOnlyList<ParameterGroup> groups, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8)
        : base(groups)
    {
        (_beta1, _beta2, _epsilon) = (beta1, beta2, epsilon);
        using NoGrad off = NoGrad.Begin();
        foreach (ParameterGroup group in groups)
        {
            _moments[group.Name] = (group.Parameter.Value.ZerosLike().Unscoped(), group.Parameter.Value.ZerosLike().Unscoped());
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Tensor Value)> State()
        => _moments.SelectMany(entry => new[] { (entry.Key + "/exp_avg", entry.Value.First), (entry.Key + "/exp_avg_sq", entry.Value.Second) });

    private protected override void Update(string name, Parameter parameter, Tensor gradient, double rate, double decay, double scale)
    {
        (Tensor first, Tensor second) = _moments[name];
        NativeAdamW settings = new(
            rate, decay, _beta1, _beta2, _epsilon, 1 - Math.Pow(_beta1, Steps), 1 - Math.Pow(_beta2, Steps), scale);
        Native.Check(
            Native.graft_adamw_step(parameter.Value, gradient, first, second, in settings), $"AdamW step of {name}");
    }
}
