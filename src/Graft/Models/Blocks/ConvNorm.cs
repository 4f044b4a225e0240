using Graft.Rewriting;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Models.Blocks;

/// <summary>Convolution without bias, batch normalisation, SiLU: the basic unit of these networks. Keys <c>conv</c> and <c>bn</c>; folded,
/// a convolution with bias and SiLU.</summary>
/// <remarks>ε 1e-3 and momentum 0.03 everywhere, as the YOLO family trains. Padding is half the kernel.</remarks>
public sealed class ConvNorm : Layer, IFoldableUnit, IFrozenForm
{
    private readonly bool _activate;

    /// <summary>Creates the unit.</summary>
    /// <param name="input">Input channels.</param>
    /// <param name="output">Output channels.</param>
    /// <param name="kernel">Side of the kernel.</param>
    /// <param name="stride">Stride.</param>
    /// <param name="groups">Groups of channels.</param>
    /// <param name="activate">Whether SiLU follows.</param>
    /// <param name="wideInit">Draw the weights normally over the fan-out (MMCV's default for heads) instead of PyTorch's default.</param>
    /// <param name="folded">Build the folded form: no normalisation, a bias of zeros.</param>
    public ConvNorm(
        int input, int output, int kernel = 1, int stride = 1, int groups = 1, bool activate = true, bool wideInit = false, bool folded = false)
    {
        _activate = activate;
        Conv = Add("conv", new Conv2d(input, output, kernel, stride, groups: groups, bias: false));
        if (wideInit)
        {
            Conv.Weight.Reset(Init.KaimingNormalFanOut(output, input / groups, kernel, kernel));
        }

        if (folded)
        {
            Conv.SetBias(Tensor.Zeros(output));
        }
        else
        {
            Norm = Add("bn", new BatchNorm2d(output, epsilon: 1e-3, momentum: 0.03));
        }
    }

    /// <summary>The convolution.</summary>
    public Conv2d Conv { get; }

    /// <summary>The normalisation; null in the folded form.</summary>
    public BatchNorm2d? Norm { get; }

    /// <summary>Whether SiLU follows.</summary>
    public bool Activates => _activate;

    /// <inheritdoc/>
    public bool IsFolded => Norm is null;

    /// <inheritdoc/>
    public Conv2d FoldedConvolution => IsFolded ? Conv : throw new InvalidOperationException("The unit is not folded.");

    /// <inheritdoc/>
    public Layer? InnerFollower => Norm?.Follower;

    /// <summary>Whether nothing is attached between its parts.</summary>
    internal bool IsBare => Conv.Follower is null && InnerFollower is null;

    /// <inheritdoc/>
    public Module? FrozenForm { get; set; }

    /// <inheritdoc/>
    public Module? CreateFrozenForm() => FoldNorms.FrozenFormOf(this, IsBare);

    /// <inheritdoc/>
    public Conv2d Fold(string path)
        => FoldNorms.Fold(FoldNorms.Bare(Conv, path), Norm ?? throw new InvalidOperationException("The unit is folded."));

    /// <inheritdoc/>
    protected override Tensor Run(Tensor input)
    {
        Conv2d? whole = FrozenForm as Conv2d ?? (IsFolded ? Conv : null);
        if (whole is not null)
        {
            return _activate ? whole.ForwardSilu(input) ?? whole.Forward(input).Activated() : whole.Forward(input);
        }

        Tensor x = Conv.Forward(input);
        if (_activate && Norm!.ForwardSilu(x) is { } normed)
        {
            return normed;
        }

        x = Norm!.Forward(x);
        return _activate ? x.Activated() : x;
    }
}
