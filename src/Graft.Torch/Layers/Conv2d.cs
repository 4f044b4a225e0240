namespace Graft.Torch.Layers;

/// <summary>A 2-D convolution: B×in×H×W to B×out×H'×W'.</summary>
public sealed class Conv2d : Layer
{
    private ConvolutionPlan? _plan;

    /// <summary>Creates the layer with PyTorch's default initial values.</summary>
    /// <param name="input">Input channels.</param>
    /// <param name="output">Output channels.</param>
    /// <param name="kernel">Side of the square kernel.</param>
    /// <param name="stride">Step.</param>
    /// <param name="padding">Zeros on each side; half the kernel by default.</param>
    /// <param name="groups">Groups of channels; the channel count for a depthwise convolution.</param>
    /// <param name="bias">Whether a value is added per output channel.</param>
    /// <param name="dilation">Distance of kernel taps.</param>
    public Conv2d(int input, int output, int kernel = 1, int stride = 1, int? padding = null, int groups = 1, bool bias = true, int dilation = 1)
    {
        Input = input;
        Output = output;
        Kernel = kernel;
        Stride = stride;
        Padding = padding ?? kernel / 2;
        Groups = groups;
        Dilation = dilation;
        Weight = AddParameter("weight", Init.Default(output, input / groups, kernel, kernel));
        Bias = bias ? AddParameter("bias", Init.Uniform(1 / Math.Sqrt(Init.FanIn(output, input / groups, kernel, kernel)), output)) : null;
    }

    /// <summary>Input channels.</summary>
    public int Input { get; }

    /// <summary>Output channels.</summary>
    public int Output { get; }

    /// <summary>Side of the kernel.</summary>
    public int Kernel { get; }

    /// <summary>Step.</summary>
    public int Stride { get; }

    /// <summary>Zeros on each side.</summary>
    public int Padding { get; }

    /// <summary>Groups of channels.</summary>
    public int Groups { get; }

    /// <summary>Distance of kernel taps.</summary>
    public int Dilation { get; }

    /// <summary>out×(in/groups)×k×k.</summary>
    public Parameter Weight { get; }

    /// <summary>One value an output channel, or null.</summary>
    public Parameter? Bias { get; private set; }

    /// <summary>Gives the layer a bias (a fold needs one).</summary>
    public void SetBias(Tensor bias)
    {
        if (Bias is null)
        {
            Bias = AddParameter("bias", bias);
        }
        else
        {
            Bias.Replace(bias);
        }
    }

    /// <summary>This convolution, the normalisation behind it and SiLU in one pass over memory, with weights packed for the machine.</summary>
    /// <param name="input">B×in×H×W.</param>
    /// <param name="norm">Normalisation by fixed statistics, if one follows.</param>
    /// <param name="activate">Whether SiLU follows.</param>
    /// <returns>Channels-last maps that differ by rounding only; null where gradients are needed, something is attached in between,
    /// a recorder looks on, or the type or device is not served: then the operators have to run one by one.</returns>
    public Tensor? ForwardFused(Tensor input, BatchNorm2d? norm, bool activate)
        => Follower is null && norm?.Follower is null ? ConvolutionPlan.Run(ref _plan, input, this, norm, activate) : null;

    /// <inheritdoc/>
    protected override Tensor Run(Tensor input)
        => ConvolutionPlan.Run(ref _plan, input, this, norm: null, activate: false)
            ?? input.Conv2d(Weight.Value, Bias?.Value, Stride, Padding, Dilation, Groups);

    /// <inheritdoc/>
    protected override void Release() => _plan?.Dispose();
}
