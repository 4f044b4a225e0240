using Graft.Torch.Interop;

namespace Graft.Torch;

/// <summary>Copies from and to managed memory.</summary>
public sealed partial class Tensor
{
    /// <summary>Copies values into a new tensor.</summary>
    /// <typeparam name="T">Any element type of C#, or another type of the element's size with <paramref name="dtype"/>.</typeparam>
    /// <param name="values">In C order, as many as the shape holds.</param>
    /// <param name="shape">Length of each axis; empty for a scalar.</param>
    /// <param name="dtype">Element type when it differs from that of <typeparamref name="T"/>.</param>
    public static unsafe Tensor From<T>(ReadOnlySpan<T> values, ReadOnlySpan<long> shape, DType? dtype = null)
        where T : unmanaged
    {
        DType type = dtype ?? TypeOf<T>();
        long count = 1;
        foreach (long length in shape)
        {
            count = checked(count * length);
        }

        if (checked(count * SizeOf(type)) != (long)values.Length * sizeof(T))
        {
            throw new ArgumentException(
                $"{values.Length} values of {typeof(T).Name} do not fill a {type} tensor of the shape {string.Join("×", shape.ToArray())}.", nameof(values));
        }

        fixed (T* data = values)
        fixed (long* lengths = shape)
        {
            Native.Check(Native.graft_tensor_copy_from(data, lengths, shape.Length, (int)type, out Tensor? tensor), "copy from memory");
            return tensor!;
        }
    }

    /// <summary>Copies an array into a new tensor of one axis.</summary>
    public static Tensor From<T>(T[] values)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        return From(new ReadOnlySpan<T>(values), [values.Length], dtype: null);
    }

    /// <summary>Copies an array into a new tensor of a shape; an empty shape makes a scalar.</summary>
    public static Tensor From<T>(T[] values, params long[] shape)
        where T : unmanaged
        => From(new ReadOnlySpan<T>(values), new ReadOnlySpan<long>(shape), dtype: null);

    /// <summary>Copies the elements out, in C order.</summary>
    /// <typeparam name="T">The element type: float for <see cref="DType.Float"/> and so on.</typeparam>
    public unsafe T[] ToArray<T>()
        where T : unmanaged
    {
        if (ElementSize != sizeof(T))
        {
            throw new InvalidOperationException($"A {DType} tensor has {ElementSize} bytes per element; {typeof(T).Name} has {sizeof(T)}.");
        }

        T[] values = new T[Count];
        fixed (T* target = values)
        {
            Native.Check(Native.graft_tensor_copy_to(this, target, (long)values.Length * sizeof(T)), "copy to memory");
        }

        return values;
    }

    /// <summary>The only element as a number.</summary>
    public double ToDouble()
    {
        using Tensor one = To(DType.Double);
        return one.ToArray<double>() is [double value] ? value : throw new InvalidOperationException($"{this} is not one number.");
    }

    /// <summary>The elements as doubles, in C order.</summary>
    public double[] ToDoubles()
    {
        using Tensor wide = To(DType.Double);
        return wide.ToArray<double>();
    }

    /// <summary>The elements as floats, in C order.</summary>
    public float[] ToSingles()
    {
        if (DType == DType.Float)
        {
            return ToArray<float>();
        }

        using Tensor single = To(DType.Float);
        return single.ToArray<float>();
    }

    /// <summary>Address of the first element: tensors of equal shape and strides with equal addresses are views of the same memory.</summary>
    public long Address => Data;

    /// <summary>Whether another tensor has the same type, shape and memory order, and the same bits.</summary>
    /// <param name="other">On the CPU, as this one.</param>
    public unsafe bool HasSameBits(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (DType != other.DType || !Shape.AsSpan().SequenceEqual(other.Shape) || !Strides.AsSpan().SequenceEqual(other.Strides))
        {
            return false;
        }

        if (Address == other.Address)
        {
            return true;
        }

        using TensorScope scope = TensorScope.Begin();
        bool dense = IsContiguous() || IsContiguous(MemoryFormat.ChannelsLast);
        (Tensor one, Tensor two) = dense ? (this, other) : (Contiguous(), other.Contiguous());
        ReadOnlySpan<byte> bytes = Bytes(one);
        return bytes.SequenceEqual(Bytes(two));

        static ReadOnlySpan<byte> Bytes(Tensor tensor) => tensor.Device == "cpu"
            ? new((void*)tensor.Data, checked((int)(tensor.Count * tensor.ElementSize)))
            : throw new InvalidOperationException($"{tensor} is on {tensor.Device}; bits are compared on the CPU.");
    }

    /// <summary>Reads the memory of a contiguous tensor on the CPU in place.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="use">Reads the elements, in C order.</param>
    public void Read<T>(Action<ReadOnlySpan<T>> use)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(use);
        use(Memory<T>());
        GC.KeepAlive(this);
    }

    /// <summary>Changes the memory of a contiguous tensor on the CPU in place.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="change">Changes the elements, in C order.</param>
    public void Edit<T>(Action<Span<T>> change)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(change);
        Touch();
        change(Memory<T>());
        GC.KeepAlive(this);
    }

    /// <summary>Increases the tensor's version counter after a direct write, so that packed weights are recomputed.</summary>
    internal void Touch() => Native.Check(Native.graft_tensor_touch(this), "touch");

    /// <summary>Address of the first element; the caller keeps the tensor alive while it is used.</summary>
    internal unsafe nint Data => (nint)Native.graft_tensor_data(this);

    private unsafe Span<T> Memory<T>()
        where T : unmanaged
        => IsContiguous() && ElementSize == sizeof(T) && Device == "cpu"
            ? new Span<T>(Native.graft_tensor_data(this), checked((int)Count))
            : throw new InvalidOperationException($"{this} on {Device} is not a contiguous tensor of {typeof(T).Name} on the CPU.");

    private static DType TypeOf<T>() => default(T) switch
    {
        float => DType.Float,
        double => DType.Double,
        long => DType.Long,
        int => DType.Int,
        short => DType.Short,
        byte => DType.Byte,
        sbyte => DType.SByte,
        bool => DType.Bool,
        System.Half => DType.Half,
        _ => throw new ArgumentException($"{typeof(T).Name} is not an element type."),
    };
}
