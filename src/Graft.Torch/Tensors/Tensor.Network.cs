using Graft.Torch.Interop;

namespace Graft.Torch;

/// <summary>The operators of neural networks.</summary>
public sealed partial class Tensor
{
    /// <summary>2-D convolution of B×I×H×W with O×(I/groups)×K×K.</summary>
    public Tensor Conv2d(Tensor weight, Tensor? bias = null, int stride = 1, int padding = 0, int dilation = 1, int groups = 1)
        => Aten.Conv2d.Call(ConvolutionArguments(this, weight, bias, stride, padding, dilation, groups));

    /// <summary>x·Wᵀ + b over the last axis; weight is out×in.</summary>
    public Tensor Linear(Tensor weight, Tensor? bias = null) => Aten.Linear.Call(this, weight, bias);

    /// <summary>Maximum of each window.</summary>
    public Tensor MaxPool2d(int kernel, int stride, int padding) => Aten.MaxPool2d.Call(this, Square(kernel), Square(stride), Square(padding));

    /// <summary>Maximum of each of the size×size cells that cover the map.</summary>
    public Tensor AdaptiveMaxPool2d(int size) => Aten.AdaptiveMaxPool2d.CallMany(this, Square(size))[0];

    /// <summary>Nearest-neighbour upsampling by two along H and W.</summary>
    public Tensor UpsampleNearest2x()
    {
        long start = OperationRecorder.Now();
        Native.Check(Native.graft_upsample(this, out Tensor? result), "upsampling");
        if (result is null)
        {
            return Aten.UpsampleNearest.Call(this, Argument.Nothing, new double[] { 2, 2 });
        }

        OperationRecorder.Active?.Add(Aten.UpsampleNearest, [this, Argument.Nothing, new double[] { 2, 2 }], [result], start);
        return result;
    }

    /// <summary>Normalisation by batch statistics (training) or running statistics.</summary>
    public Tensor BatchNorm(Tensor weight, Tensor bias, Tensor mean, Tensor variance, bool training, double momentum, double epsilon)
        => Aten.BatchNorm.Call(BatchNormArguments(this, weight, bias, mean, variance, training, momentum, epsilon));

    /// <summary>Normalisation over groups of channels and all positions of a sample.</summary>
    public Tensor GroupNorm(int groups, Tensor? weight, Tensor? bias, double epsilon)
        => Aten.GroupNorm.Call(this, groups, weight, bias, epsilon, false);

    /// <summary>Normalisation over the last axes.</summary>
    public Tensor LayerNorm(long[] shape, Tensor? weight, Tensor? bias, double epsilon)
        => Aten.LayerNorm.Call(this, shape, weight, bias, epsilon, false);

    /// <summary>Looks up rows of a table; this tensor holds their indices.</summary>
    public Tensor Embed(Tensor table) => Aten.Embedding.Call(table, this);

    /// <summary>Sets random elements to zero in training and scales the rest up.</summary>
    public Tensor Dropout(double share, bool training) => Aten.Dropout.Call(this, share, training);

    /// <summary>Binary cross entropy of logits against targets in 0..1, element-wise.</summary>
    public Tensor BinaryCrossEntropyWithLogits(Tensor target)
        => Aten.BceWithLogits.Call(this, target, Argument.Nothing, Argument.Nothing, 0);

    /// <summary>Cross entropy of N×C logits against N class indices, one value per row.</summary>
    public Tensor CrossEntropy(Tensor target) => Aten.CrossEntropy.Call(this, target, Argument.Nothing, 0);

    /// <summary>Einstein summation, such as <c>bchw,nc-&gt;bnhw</c>.</summary>
    public static Tensor Einsum(string equation, params Tensor[] factors) => Aten.Einsum.Call(equation, factors);

    internal static Argument[] ConvolutionArguments(
        Tensor input, Tensor weight, Tensor? bias, int stride, int padding, int dilation, int groups)
        => [input, weight, bias, Square(stride), Square(padding), Square(dilation), groups];

    internal static Argument[] BatchNormArguments(
        Tensor input, Tensor weight, Tensor bias, Tensor mean, Tensor variance, bool training, double momentum, double epsilon)
        => [input, weight, bias, mean, variance, training, momentum, epsilon, false];

    private static long[] Square(int value) => [value, value];
}
