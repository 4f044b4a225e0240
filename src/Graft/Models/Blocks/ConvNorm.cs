using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Models.Blocks;

/// <summary>Convolution without bias, batch normalisation, SiLU: the brick of every network here. Keys <c>conv</c> and <c>bn</c>.</summary>
/// <remarks>ε 1e-3 and momentum 0.03 everywhere, as the YOLO family trains. Padding is half the kernel.</remarks>
public sealed class ConvNorm : Layer
{
    private readonly bool _activate;

    /// <summary>Creates the brick.</summary>
    /// <param name="input">Input channels.</param>
    /// <param name="output">Output channels.</param>
    /// <param name="kernel">Side of the kernel.</param>
    /// <param name="stride">Step.</param>
    /// <param name="groups">Groups of channels.</param>
    /// <param name="activate">Whether SiLU follows.</param>
    /// <param name="wideInit">Draw the weights normally over the fan-out (MMCV's default for heads) instead of PyTorch's default.</param>
    public ConvNorm(int input, int output, int kernel = 1, int stride = 1, int groups = 1, bool activate = true, bool wideInit = false)
    {
        _activate = activate;
        Conv = Add("conv", new Conv2d(input, output, kernel, stride, groups: groups, bias: false));
        if (wideInit)
        {
            Conv.Weight.Replace(Init.KaimingNormalFanOut(output, input / groups, kernel, kernel));
            Conv.Weight.Trainable = true;
        }

        Norm = Add("bn", new BatchNorm2d(output, epsilon: 1e-3, momentum: 0.03));
    }

    /// <summary>The convolution.</summary>
    public Conv2d Conv { get; }

    /// <summary>The normalisation; null in a model in which it was folded into the convolution.</summary>
    public BatchNorm2d? Norm { get; private set; }

    /// <summary>Whether SiLU follows.</summary>
    public bool Activates => _activate;

    /// <summary>Takes the normalisation out after its effect was folded into the convolution (see Rewriting).</summary>
    public void DropNorm()
    {
        Norm?.Dispose();
        Norm = null;
        Remove("bn");
    }

    /// <inheritdoc/>
    protected override Tensor Run(Tensor input)
    {
        if (_activate && Norm is null && Conv.ForwardSilu(input) is { } folded)
        {
            return folded;
        }

        Tensor x = Conv.Forward(input);
        if (_activate && Norm?.ForwardSilu(x) is { } whole)
        {
            return whole;
        }

        x = Norm?.Forward(x) ?? x;
        // Nobody else holds the fresh map, so without gradients it can be overwritten.
        return !_activate ? x : x.RequiresGrad ? x.Silu() : x.SiluInPlace();
    }
}
