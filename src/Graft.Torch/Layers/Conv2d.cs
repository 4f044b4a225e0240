namespace Graft.Torch.Layers;

/// <summary>A 2-D convolution: B×in×H×W to B×out×H'×W'.</summary>
public sealed class Conv2d : Layer
{
    private ConvolutionPlan? _plan;

    /// <summary>Creates the layer with PyTorch's default initial values.</summary>
    /// <param name="input">Input channels.</param>
    /// <param name="output">Output channels.</param>
    /// <param name="kernel">Side of the square kernel.</param>
    /// <param name="stride">Stride.</param>
    /// <param name="padding">Zero padding on each side; half the kernel by default.</param>
    /// <param name="groups">Groups of channels; the channel count for a depthwise convolution.</param>
    /// <param name="bias">Whether there is a bias per output channel.</param>
    /// <param name="dilation">Distance between kernel taps.</param>
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

    /// <summary>Stride.</summary>
    public int Stride { get; }

    /// <summary>Zero padding on each side.</summary>
    public int Padding { get; }

    /// <summary>Groups of channels.</summary>
    public int Groups { get; }

    /// <summary>Distance between kernel taps.</summary>
    public int Dilation { get; }

    /// <summary>out×(in/groups)×k×k.</summary>
    public Parameter Weight { get; }

    /// <summary>One bias per output channel, or null.</summary>
    public Parameter? Bias { get; private set; }

    /// <summary>Sets the bias (folding needs one).</summary>
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

    /// <summary>Whether runs without gradients of the weights use weights packed for the processor. Deployed forms switch it on: it is
    /// faster, and rounds differently from libtorch's operators.</summary>
    public bool Packed { get; set; }

    /// <summary>Makes every convolution of a network use packed weights.</summary>
    public static void Pack(Module root)
    {
        ArgumentNullException.ThrowIfNull(root);
        foreach (Conv2d conv in root.Modules().Select(found => found.Module).OfType<Conv2d>())
        {
            conv.Packed = true;
        }
    }

    /// <summary>This convolution and SiLU in one pass over memory.</summary>
    /// <param name="input">B×in×H×W.</param>
    /// <returns>A channels-last tensor that differs by rounding only; null unless <see cref="Packed"/>, and where the weights
    /// are trained, an adapter is attached in between, or the type or device is unsupported: then the operators run one by one.</returns>
    public Tensor? ForwardSilu(Tensor input) => Fused(input, activate: true);

    /// <summary>This convolution plus a residual, in one pass over memory where <see cref="Packed"/>.</summary>
    /// <param name="input">B×in×H×W.</param>
    /// <param name="residual">B×out×H'×W'; not changed.</param>
    public Tensor ForwardPlus(Tensor input, Tensor residual)
    {
        ArgumentNullException.ThrowIfNull(residual);
        return Fused(input, activate: false, residual) ?? Forward(input).Plus(residual);
    }

    /// <inheritdoc/>
    protected override Tensor Run(Tensor input)
    {
        long start = OperationRecorder.Now();
        if (Packed && ConvolutionPlan.Run(ref _plan, input, this, activate: false) is { } packed)
        {
            Report(input, packed, start);
            return packed;
        }

        return input.Conv2d(Weight.Value, Bias?.Value, Stride, Padding, Dilation, Groups);
    }

    /// <summary>The packed form with what follows the convolution. A recorder gets the layer and the operators that this replaces, with
    /// the one result as the output of each: the activation runs in place.</summary>
    private Tensor? Fused(Tensor input, bool activate, Tensor? residual = null)
    {
        long start = OperationRecorder.Now();
        if (!Packed || Follower is not null || ConvolutionPlan.Run(ref _plan, input, this, activate, residual) is not { } result)
        {
            return null;
        }

        RecordedCall call = Record();
        Report(input, result, start);
        call.End(result);
        if (activate)
        {
            OperationRecorder.Active?.Add(Aten.SiluInPlace, [result], [result]);
        }

        if (residual is not null)
        {
            OperationRecorder.Active?.Add(Aten.AddInPlace, [result, residual, 1.0], [result]);
        }

        return result;
    }

    private void Report(Tensor input, Tensor result, long start) => OperationRecorder.Active?.Add(
        Aten.Conv2d, Tensor.ConvolutionArguments(input, Weight.Value, Bias?.Value, Stride, Padding, Dilation, Groups), [result], start);

    /// <inheritdoc/>
    protected override void Release() => _plan?.Dispose();
}
