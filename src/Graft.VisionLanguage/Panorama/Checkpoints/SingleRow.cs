using Graft.Torch;

namespace Graft.VisionLanguage;

/// <summary>Linear layers on one position, as in generation.</summary>
internal static class SingleRow
{
    /// <summary>Wx + b. One row uses the matrix-vector product, which reads the weight once; the general product copies it first and takes three times as long.</summary>
    /// <param name="input">…×in.</param>
    /// <param name="weight">out×in.</param>
    /// <param name="bias">out, or null.</param>
    internal static Tensor Linear(Tensor input, Tensor weight, Tensor? bias)
    {
        if (input.Count != weight.Size(1))
        {
            return input.Linear(weight, bias);
        }

        Tensor output = weight.MatMul(input.Reshape(-1));
        long[] shape = [.. input.Shape.AsSpan()[..^1], weight.Size(0)];
        return (bias is null ? output : output + bias).Reshape(shape);
    }
}
