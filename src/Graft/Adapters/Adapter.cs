using System.Globalization;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Adapters;

/// <summary>A small trainable module behind a named layer: B×C×H×W to the same shape, the identity before training.</summary>
/// <remarks>It is attached through <see cref="Module.Follower"/>; the model's code does not refer to it.</remarks>
public abstract class Adapter : Layer
{
    private double _strength = 1;
    private Tensor? _signal;

    /// <summary>Stores options and width.</summary>
    /// <exception cref="GraftException">Of kind Usage when the width is not positive.</exception>
    protected Adapter(AdapterOptions options, int channels)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (channels < 1)
        {
            throw new GraftException(
                Failure.Usage, $"An adapter of kind '{options.Kind}' was given {channels} channels, expected 1 or more.");
        }

        Options = options;
        Channels = channels;
    }

    /// <summary>The options that it was built from.</summary>
    public AdapterOptions Options { get; }

    /// <summary>C, channels in and out.</summary>
    public int Channels { get; }

    /// <summary>Share of the adapter's change that is applied, 0 (as if absent) to 1: y = x + strength·(f(x) − x).</summary>
    /// <exception cref="GraftException">Of kind Usage when outside 0 to 1.</exception>
    public double Strength
    {
        get => _strength;
        set => _strength = RequireStrength(value);
    }

    /// <summary>Refuses a strength outside 0 to 1.</summary>
    internal static double RequireStrength(double value) => value is >= 0 and <= 1
        ? value
        : throw new GraftException(Failure.Usage, string.Create(CultureInfo.InvariantCulture, $"The strength of an adapter is {value}, expected 0 to 1."));

    /// <summary>Whether all gates are zero: the output equals the input, so a merge cannot be verified.</summary>
    public bool IsInert
    {
        get
        {
            using TensorScope scope = TensorScope.Begin();
            using NoGrad off = NoGrad.Begin();
            return Gates.All(gate => gate.Value.Abs().Max().ToDouble() == 0);
        }
    }

    /// <summary>The weights that are zero before training, which makes the adapter the identity.</summary>
    public abstract IReadOnlyList<Parameter> Gates { get; }

    /// <summary>When set, the next run measures <see cref="Effect"/> and clears this.</summary>
    public bool MeasuresEffect { get; set; }

    /// <summary>Largest |f(x) − x| of the measured run; null when none was measured.</summary>
    public double? Effect { get; set; }

    /// <summary>Adds a zero to the next output; its gradient shows whether the loss depends on this site.</summary>
    internal void ProbeGradient()
    {
        _signal ??= Gates[0].Value.ZerosLike().Flatten().Narrow(0, 0, 1).Reshape(1, 1, 1, 1).Expand(1, Channels, 1, 1).Clone().Unscoped();
        _signal.RequiresGrad = true;
    }

    /// <summary>Whether the last backward pass reached any channel; null without <see cref="ProbeGradient"/>.</summary>
    internal bool? TakeProbeResult()
    {
        if (_signal is null)
        {
            return null;
        }

        bool isReached = _signal.Grad is { } gradient && gradient.Abs().Max().ToDouble() != 0;
        _signal.Dispose();
        _signal = null;
        return isReached;
    }

    /// <summary>For a linear adapter without bias: its matrix at its current strength, C×C in float64, by which a merge folds it into
    /// convolutions. Null for any other adapter.</summary>
    public virtual Tensor? Matrix() => null;

    /// <summary>An additional loss of the last training run with its weight applied, and its name, once; null where there is none. The caller
    /// disposes it.</summary>
    public virtual (string Name, Tensor Value)? TakeLoss() => null;

    /// <inheritdoc/>
    protected sealed override Tensor Run(Tensor input)
    {
        Tensor output = Strength switch
        {
            1 => Adapt(input),
            0 => input,
            double part => input + ((Adapt(input) - input) * part),
        };
        if (_signal is not null)
        {
            output += _signal;
        }

        if (MeasuresEffect)
        {
            using NoGrad off = NoGrad.Begin();
            (MeasuresEffect, Effect) = (false, (output - input).Abs().Max().ToDouble());
        }

        return output;
    }

    /// <summary>The adapter at full strength, its residual included.</summary>
    protected abstract Tensor Adapt(Tensor x);

    /// <summary>Gives a convolution its initial weight and a bias of zero.</summary>
    protected static Conv2d WithWeight(Conv2d conv, Tensor weight)
    {
        conv.Weight.Reset(weight);
        if (conv.Bias is { } bias)
        {
            using NoGrad off = NoGrad.Begin();
            bias.Value.Fill(0);
        }

        return conv;
    }

    /// <summary>A convolution of zeros, the last one of a residual branch: before training the branch adds nothing.</summary>
    protected static Conv2d Zero(int input, int output, int kernel = 1, bool bias = true)
        => WithWeight(new Conv2d(input, output, kernel, bias: bias), Tensor.Zeros(output, input, kernel, kernel));
}
