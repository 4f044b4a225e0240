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

    /// <summary>Whether runs without gradients use weights packed for the machine. Deployed forms switch it on: it is faster, and rounds
    /// differently from libtorch's operators, which recordings of the original are compared with.</summary>
    public bool Packed { get; set; }

    /// <summary>Lets every convolution of a deployed form use packed weights.</summary>
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
    /// <returns>Channels-last maps that differ by rounding only; null unless <see cref="Packed"/>, and where gradients are needed, something
    /// is attached in between, a recorder looks on, or the type or device is not served: then the operators have to run one by one.</returns>
    public Tensor? ForwardSilu(Tensor input) => Follower is null ? Fast(input, activate: true) : null;

    /// <summary>This convolution on top of what goes around it, in one pass over memory where <see cref="Packed"/>.</summary>
    /// <param name="input">B×in×H×W.</param>
    /// <param name="around">B×out×H'×W'; it stays as it is.</param>
    public Tensor ForwardPlus(Tensor input, Tensor around)
    {
        ArgumentNullException.ThrowIfNull(around);
        if (Packed && Follower is null && ConvolutionPlan.Run(ref _plan, input, this, activate: false, around) is { } fused)
        {
            return fused;
        }

        // Written over the branch when no gradient needs it: nobody else holds it.
        Tensor branch = Forward(input);
        return branch.RequiresGrad || around.RequiresGrad ? around + branch : branch.AddInPlace(around);
    }

    /// <inheritdoc/>
    protected override Tensor Run(Tensor input)
        => Fast(input, activate: false) ?? input.Conv2d(Weight.Value, Bias?.Value, Stride, Padding, Dilation, Groups);

    private Tensor? Fast(Tensor input, bool activate) => Packed ? ConvolutionPlan.Run(ref _plan, input, this, activate) : null;

    /// <inheritdoc/>
    protected override void Release() => _plan?.Dispose();
}
