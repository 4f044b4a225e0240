namespace Graft.Torch.Layers;

/// <summary>x·Wᵀ + b over the last axis.</summary>
public sealed class Linear : Layer
{
    /// <summary>Creates the layer with PyTorch's default initial values.</summary>
    public Linear(int input, int output, bool bias = true)
    {
        Weight = AddParameter("weight", Init.Default(output, input));
        Bias = bias ? AddParameter("bias", Init.Uniform(1 / Math.Sqrt(input), output)) : null;
    }

    /// <summary>out×in.</summary>
    public Parameter Weight { get; }

    /// <summary>One bias per output, or null.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    protected override Tensor Run(Tensor input) => input.Linear(Weight.Value, Bias?.Value);
}

/// <summary>A table of vectors, looked up by index.</summary>
public sealed class Embedding : Layer
{
    /// <summary>Creates a table of standard normal vectors.</summary>
    public Embedding(int rows, int width) => Weight = AddParameter("weight", Init.Normal(1, rows, width));

    /// <summary>rows×width.</summary>
    public Parameter Weight { get; }

    /// <inheritdoc/>
    protected override Tensor Run(Tensor input) => input.Embed(Weight.Value);
}
