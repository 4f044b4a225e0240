namespace Graft.Torch;

/// <summary>New tensors.</summary>
public sealed partial class Tensor
{
    /// <summary>Zeros.</summary>
    public static Tensor Zeros(params long[] shape) => Aten.Zeros.Call(shape, DType.Float);

    /// <summary>Zeros of an element type.</summary>
    public static Tensor Zeros(long[] shape, DType type) => Aten.Zeros.Call(shape, type);

    /// <summary>Ones.</summary>
    public static Tensor Ones(params long[] shape) => Aten.Ones.Call(shape, DType.Float);

    /// <summary>A tensor filled with one value.</summary>
    public static Tensor Full(long[] shape, double value, DType type = DType.Float) => Aten.Full.Call(shape, value, type);

    /// <summary>Uninitialised memory.</summary>
    public static Tensor Empty(long[] shape, DType type = DType.Float) => Aten.Empty.Call(shape, type);

    /// <summary>0, 1, …, count-1.</summary>
    public static Tensor Arange(long count, DType type = DType.Float) => Aten.Arange.Call(count, type);

    /// <summary>Standard normal random numbers.</summary>
    public static Tensor RandN(params long[] shape) => Aten.RandN.Call(shape, DType.Float);

    /// <summary>Uniform random numbers in 0..1.</summary>
    public static Tensor Rand(params long[] shape) => Aten.Rand.Call(shape, DType.Float);

    /// <summary>The identity matrix.</summary>
    public static Tensor Eye(long size) => Aten.Eye.Call(size, DType.Float);

    /// <summary>Zeros in the shape and layout of this tensor.</summary>
    public Tensor ZerosLike() => Aten.ZerosLike.Call(this);

    /// <summary>Ones in the shape and layout of this tensor.</summary>
    public Tensor OnesLike() => Aten.OnesLike.Call(this);
}
