using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Adapters;

/// <summary>Convolution without bias, batch normalisation and, on request, GELU (erf form): keys <c>conv</c> and <c>bn</c>.</summary>
/// <remarks>ε 1e-3, momentum 0.03; weights normal over the fan-out with ReLU gain.</remarks>
public sealed class NormedConv : Layer
{
    internal NormedConv(int input, int output, int kernel, bool activate)
    {
        Activates = activate;
        Conv = Add("conv", new Conv2d(input, output, kernel, bias: false));
        Conv.Weight.Replace(Init.KaimingNormalFanOut(output, input, kernel, kernel));
        Conv.Weight.Trainable = true;
        Norm = Add("bn", new BatchNorm2d(output, epsilon: 1e-3, momentum: 0.03));
    }

    /// <summary>The convolution.</summary>
    public Conv2d Conv { get; }

    /// <summary>The normalisation; null after it is folded into the convolution.</summary>
    public BatchNorm2d? Norm { get; private set; }

    /// <summary>Whether GELU follows.</summary>
    public bool Activates { get; }

    /// <summary>Removes the normalisation after it is folded into the convolution.</summary>
    public void RemoveNorm()
    {
        Norm?.Dispose();
        Norm = null;
        Remove("bn");
    }

    /// <inheritdoc/>
    protected override Tensor Run(Tensor input)
    {
        Tensor x = Conv.Forward(input);
        x = Norm?.Forward(x) ?? x;
        return Activates ? x.Gelu() : x;
    }
}
