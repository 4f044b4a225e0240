namespace Graft.Torch.Layers;

/// <summary>Initial values, by PyTorch's formulas.</summary>
public static class Init
{
    [ThreadStatic]
    private static bool _skipped;

    /// <summary>PyTorch's default for convolutions and linear layers (Kaiming uniform, a = √5): uniform ±1/√fan_in.</summary>
    public static Tensor Default(params long[] shape)
    {
        double bound = 1 / Math.Sqrt(FanIn(shape));
        return Uniform(bound, shape);
    }

    /// <summary>Uniform ±bound.</summary>
    public static Tensor Uniform(double bound, params long[] shape) => _skipped ? Tensor.Empty(shape) : Tensor.Empty(shape).FillUniform(-bound, bound);

    /// <summary>Normal with mean 0.</summary>
    public static Tensor Normal(double deviation, params long[] shape) => _skipped ? Tensor.Empty(shape) : Tensor.Empty(shape).FillNormal(0, deviation);

    /// <summary>Kaiming normal over the fan-out with ReLU gain: deviation √(2/(out·k·k)).</summary>
    public static Tensor KaimingNormalFanOut(params long[] shape) => Normal(Math.Sqrt(2.0 / (shape[0] * shape[2..].Product())), shape);

    /// <summary>Xavier uniform: ±√(6/(fan_in + fan_out)).</summary>
    public static Tensor XavierUniform(params long[] shape)
    {
        double fanOut = shape[0] * shape[2..].Product();
        return Uniform(Math.Sqrt(6 / (FanIn(shape) + fanOut)), shape);
    }

    /// <summary>Leaves parameters uninitialised on this thread until disposed, for models whose weights are loaded next.</summary>
    public static Skipping Skip() => new(before: _skipped);

    /// <summary>Inputs that one output sums over.</summary>
    public static long FanIn(params long[] shape) => shape[1..].Product();

    /// <summary>A period in which parameters are left uninitialised.</summary>
    public readonly ref struct Skipping
    {
        private readonly bool _before;

        internal Skipping(bool before)
        {
            _before = before;
            _skipped = true;
        }

        /// <summary>Restores the previous state.</summary>
        public void Dispose() => _skipped = _before;
    }
}
