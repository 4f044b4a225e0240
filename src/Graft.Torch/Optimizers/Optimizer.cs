using Graft.Torch.Interop;
using Graft.Torch.Layers;

namespace Graft.Torch.Optimizers;

/// <summary>Updates parameters by their gradients; state is kept per parameter, by name.</summary>
public abstract class Optimizer : IDisposable
{
    private protected Optimizer(IReadOnlyList<ParameterGroup> groups) => Groups = groups;

    /// <summary>The parameters, each with its factors.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>Number of steps so far; part of the saved state.</summary>
    public long Steps { get; set; }

    /// <summary>The state tensors, as <c>name/slot</c>; for saving and restoring.</summary>
    public abstract IEnumerable<(string Name, Tensor Value)> State();

    /// <summary>Clears all gradients.</summary>
    public void ZeroGrad()
    {
        foreach (ParameterGroup group in Groups)
        {
            group.Parameter.Value.Grad = null;
        }
    }

    /// <summary>Global L2 norm of all gradients; NaN or infinite when one of them is.</summary>
    public double GradientNorm()
    {
        double sum = 0;
        foreach (ParameterGroup group in Groups)
        {
            using Tensor? gradient = group.Parameter.Value.Grad;
            if (gradient is not null)
            {
                Native.Check(Native.graft_squared_norm(gradient, out double part), "gradient norm");
                sum += part;
            }
        }

        return Math.Sqrt(sum);
    }

    /// <summary>Updates every parameter that has a gradient.</summary>
    /// <param name="rate">Global learning rate.</param>
    /// <param name="decay">Global weight decay.</param>
    /// <param name="gradientScale">Factor on all gradients (clipping).</param>
    public void Step(double rate, double decay, double gradientScale = 1)
    {
        Steps++;
        foreach (ParameterGroup group in Groups)
        {
            using Tensor? gradient = group.Parameter.Value.Grad;
            if (gradient is not null)
            {
                Update(group.Name, group.Parameter, gradient, rate * group.RateFactor, decay * group.DecayFactor, gradientScale);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, Tensor value) in State())
        {
            value.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    private protected abstract void Update(string name, Parameter parameter, Tensor gradient, double rate, double decay, double scale);
}
