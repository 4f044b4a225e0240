using Graft.Files;

namespace Graft.Torch.Weights;

/// <summary>Converts stored weights to tensors, with one copy out of the mapped file.</summary>
public static class WeightTensors
{
    /// <summary>libtorch's element type for stored values: the same where libtorch has it, else a wider one.</summary>
    public static DType TensorType(this ElementType type) => type switch
    {
        ElementType.Boolean => DType.Bool,
        ElementType.UInt8 => DType.Byte,
        ElementType.Int8 => DType.SByte,
        ElementType.Int16 => DType.Short,
        ElementType.UInt16 or ElementType.Int32 => DType.Int,
        ElementType.UInt32 or ElementType.UInt64 or ElementType.Int64 => DType.Long,
        ElementType.Float16 => DType.Half,
        ElementType.BFloat16 => DType.BFloat16,
        ElementType.Float64 => DType.Double,
        ElementType.Complex64 => DType.ComplexFloat,
        ElementType.Complex128 => DType.ComplexDouble,
        _ => DType.Float,
    };

    /// <summary>The stored type of a tensor's elements.</summary>
    public static ElementType StoredType(this DType type) => type switch
    {
        DType.Bool => ElementType.Boolean,
        DType.Byte => ElementType.UInt8,
        DType.SByte => ElementType.Int8,
        DType.Short => ElementType.Int16,
        DType.Int => ElementType.Int32,
        DType.Long => ElementType.Int64,
        DType.Half => ElementType.Float16,
        DType.BFloat16 => ElementType.BFloat16,
        DType.Double => ElementType.Float64,
        DType.ComplexFloat => ElementType.Complex64,
        DType.ComplexDouble => ElementType.Complex128,
        _ => ElementType.Float32,
    };

    extension(WeightData)
    {
        /// <summary>A tensor to write; it must live until it is written.</summary>
        /// <param name="name">Its name in the file.</param>
        /// <param name="tensor">Any device, order and type.</param>
        public static WeightData From(string name, Tensor tensor)
            => new(name, tensor.DType.StoredType(), tensor.Shape, use => Write(tensor, use));
    }

    /// <summary>A new tensor with the entry's shape and values, on the CPU.</summary>
    /// <param name="entry">The stored tensor.</param>
    /// <exception cref="GraftException">Its type cannot be converted to numbers, or it has no data in the file.</exception>
    public static Tensor ToTensor(this WeightEntry entry)
    {
        DType type = entry.DType.TensorType();
        long[] shape = [.. entry.Shape];
        if (type.StoredType() == entry.DType)
        {
            Tensor tensor = Tensor.Empty(shape, type);
            entry.CopyInto(tensor);
            return tensor;
        }

        return entry.DType.IsFloatingPoint() ? Tensor.From<float>(entry.ToSingles(), shape) : Integers(entry.ToInt64s(), shape, type);
    }

    /// <summary>
    /// Overwrites a tensor with the entry's values, converted to its type; directly into its memory where possible.
    /// </summary>
    /// <param name="entry">The stored tensor.</param>
    /// <param name="target">A tensor of the same shape.</param>
    public static void CopyInto(this WeightEntry entry, Tensor target)
    {
        if (!target.Shape.AsSpan().SequenceEqual([.. entry.Shape]))
        {
            throw new ArgumentException($"{entry} does not fit {target}.", nameof(target));
        }

        if (target.DType.StoredType() == entry.DType && target.IsContiguous() && target.Device == "cpu")
        {
            entry.CopyTo(target.Data, 0, entry.ElementCount);
            GC.KeepAlive(target);
            return;
        }

        using NoGrad off = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        target.CopyFrom(entry.ToTensor());
    }

    private static Tensor Integers(long[] values, long[] shape, DType type)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor wide = Tensor.From<long>(values, shape);
        return scope.Keep(type == DType.Long ? wide : wide.To(type));
    }

    private static unsafe void Write(Tensor tensor, Action<ReadOnlySpan<byte>> use)
    {
        const int Piece = 1 << 20;
        using TensorScope scope = TensorScope.Begin();
        Tensor dense = tensor.Detach().To("cpu").To(MemoryFormat.Contiguous);
        long bytes = dense.Count * dense.ElementSize;
        for (long at = 0; at < bytes; at += Piece)
        {
            use(new ReadOnlySpan<byte>((byte*)dense.Data + at, (int)Math.Min(Piece, bytes - at)));
        }

        GC.KeepAlive(tensor);
    }
}
