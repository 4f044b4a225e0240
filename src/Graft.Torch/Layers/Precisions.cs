namespace Graft.Torch.Layers;

/// <summary>Precision of maps and weights where they differ.</summary>
internal static class Precisions
{
    /// <summary>The tensor itself; in mixed precision, where libtorch's operator takes one type only, in that of a weight.</summary>
    internal static Tensor InPrecisionOf(this Tensor x, Parameter weight) => x.DType == DType.BFloat16 ? x.To(weight.Value.DType) : x;
}
