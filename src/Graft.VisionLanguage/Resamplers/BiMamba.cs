using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.VisionLanguage;

/// <summary>Blocks of two Mamba layers (arXiv:2312.00752), one in forward and one in reverse order of the patches.</summary>
public sealed class BiMamba : Layer
{
    private readonly Linear _input, _output;
    private readonly ModuleList<BiMambaBlock> _blocks;
    private readonly LayerNorm _norm;

    /// <summary>Creates the resampler with random weights.</summary>
    /// <param name="width">Width of the vision encoder.</param>
    /// <param name="latentWidth">Width of the output.</param>
    /// <param name="options">Sizes.</param>
    public BiMamba(int width, int latentWidth, BiMambaOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _input = Add("input_proj", new Linear(width, options.Width));
        _blocks = Add("blocks", new ModuleList<BiMambaBlock>(Enumerable.Range(0, options.Blocks).Select(_ => new BiMambaBlock(options))));
        _norm = Add("final_norm", new LayerNorm(options.Width));
        _output = Add("output_proj", new Linear(options.Width, latentWidth));
    }

    /// <summary>N×tokens×width to N×tokens×latent.</summary>
    protected override Tensor Run(Tensor input)
    {
        Tensor x = _input.Forward(input);
        for (int i = 0; i < _blocks.Count; i++)
        {
            x = _blocks[i].Forward(x);
        }

        return _output.Forward(_norm.Forward(x));
    }
}

/// <summary>x + ½·(forward(norm x) + backward(norm x)).</summary>
internal sealed class BiMambaBlock : Layer
{
    private readonly LayerNorm _norm;
    private readonly Mamba _forward, _backward;

    public BiMambaBlock(BiMambaOptions options)
    {
        _norm = Add("norm", new LayerNorm(options.Width));
        _forward = Add("forward_block", new Mamba(options));
        _backward = Add("backward_block", new Mamba(options));
    }

    protected override Tensor Run(Tensor input)
    {
        Tensor x = _norm.Forward(input);
        return input + (_forward.Forward(x) + _backward.Forward(x.Flip(1)).Flip(1)) * 0.5;
    }
}

/// <summary>A selective state space layer: decay and input of its states depend on the input.</summary>
internal sealed class Mamba : Layer
{
    private static readonly Operator Conv1d = new("aten::conv1d");
    private static readonly long[] One = [1], Zero = [0];

    private readonly int _inner, _states, _rank, _taps;
    private readonly Parameter _logDecay, _skip;
    private readonly Linear _input, _select, _step, _output;
    private readonly DepthwiseConv1d _conv;

    public Mamba(BiMambaOptions options)
    {
        (_inner, _states, _taps) = ((int)(options.Expand * options.Width), options.StateSize, options.ConvTaps);
        _rank = (options.Width + 15) / 16;
        _logDecay = AddParameter("A_log", Decays(_inner, _states));
        _skip = AddParameter("D", Tensor.Ones(_inner));
        _input = Add("in_proj", new Linear(options.Width, 2 * _inner, bias: false));
        _conv = Add("conv1d", new DepthwiseConv1d(_inner, _taps));
        _select = Add("x_proj", new Linear(_inner, _rank + 2 * _states, bias: false));
        _step = Add("dt_proj", new Linear(_rank, _inner));
        _output = Add("out_proj", new Linear(_inner, options.Width, bias: false));
    }

    protected override Tensor Run(Tensor input)
    {
        long length = input.Size(1);
        Tensor[] halves = _input.Forward(input).Split([_inner, _inner], -1);
        Tensor padded = halves[0].Transpose(1, 2).Pad([_taps - 1, 0]);                                     // N×inner×(L+taps−1): no look ahead
        Tensor x = Conv1d.Call(padded, _conv.Weight.Value, _conv.Bias.Value, One, Zero, One, _inner).Silu().Transpose(1, 2);   // N×L×inner
        Tensor[] selected = _select.Forward(x).Split([_rank, _states, _states], -1);
        Tensor step = _step.Forward(selected[0]).Softplus();                                               // N×L×inner
        Tensor decay = -_logDecay.Value.Exp();                                                             // inner×states

        Tensor state = Tensor.Zeros(input.Size(0), _inner, _states).To(input.DType).To(input.Device);
        Tensor[] outputs = new Tensor[length];
        for (int t = 0; t < length; t++)
        {
            Tensor now = step.Select(1, t).Unsqueeze(-1);                                                  // N×inner×1
            Tensor fed = now * x.Select(1, t).Unsqueeze(-1) * selected[1].Select(1, t).Unsqueeze(1);       // N×inner×states
            state = (now * decay).Exp() * state + fed;
            outputs[t] = state.MatMul(selected[2].Select(1, t).Unsqueeze(-1)).Squeeze(-1);                 // N×inner
        }

        Tensor y = Tensor.Stack(outputs, 1) + x * _skip.Value;
        return _output.Forward(y * halves[1].Silu());
    }

    /// <summary>log 1, log 2, … for the states of every channel.</summary>
    private static Tensor Decays(int inner, int states) => (Tensor.Arange(states) + 1).Log().Repeat(inner, 1);
}

/// <summary>One short filter per channel.</summary>
internal sealed class DepthwiseConv1d : Module
{
    public DepthwiseConv1d(int channels, int taps)
    {
        Weight = AddParameter("weight", Init.Default(channels, 1, taps));
        Bias = AddParameter("bias", Init.Uniform(1 / Math.Sqrt(taps), channels));
    }

    public Parameter Weight { get; }

    public Parameter Bias { get; }
}
