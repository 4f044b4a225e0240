using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Torch.Interop;

namespace Graft.Torch;

/// <summary>From and to managed memory.</summary>
public sealed partial class Tensor
{
    /// <summary>Copies values into a new tensor.</summary>
    /// <typeparam name="T">float, double, long, int, byte or bool (or another type of the element's size with <paramref name="dtype"/>).</typeparam>
    /// <param name="values">In C order, as many as the shape holds.</param>
    /// <param name="shape">Length of each axis; empty for a scalar.</param>
    /// <param name="dtype">Element type when the bytes are of another type than <typeparamref name="T"/> says.</param>
    public static unsafe Tensor From<T>(ReadOnlySpan<T> values, ReadOnlySpan<long> shape, DType? dtype = null)
        where T : unmanaged
    {
        DType type = dtype ?? TypeOf<T>();
        long count = 1;
        foreach (long length in shape)
        {
            count *= length;
        }

        if (dtype is null && count != values.Length)
        {
            throw new ArgumentException($"{values.Length} values do not fill the shape {string.Join("×", shape.ToArray())}.", nameof(values));
        }

        fixed (T* data = values)
        fixed (long* lengths = shape)
        {
            Native.Check(Native.graft_tensor_copy_from(data, lengths, shape.Length, (int)type, out nint handle), "copy from memory");
            return new Tensor(handle);
        }
    }

    /// <summary>Copies an array into a new tensor; without a shape it has one axis.</summary>
    public static Tensor From<T>(T[] values, params long[] shape)
        where T : unmanaged
    {
        long[] lengths = shape.Length == 0 && values.Length != 1 ? [values.Length] : shape;
        return From(new ReadOnlySpan<T>(values), new ReadOnlySpan<long>(lengths), dtype: null);
    }

    /// <summary>A tensor over memory that somebody else owns, without a copy.</summary>
    /// <param name="data">First byte, C order.</param>
    /// <param name="shape">Length of each axis.</param>
    /// <param name="dtype">Element type.</param>
    /// <param name="owner">Kept alive until the last reference of libtorch is gone.</param>
    public static unsafe Tensor Wrap(nint data, long[] shape, DType dtype, object owner)
    {
        long[] strides = new long[shape.Length];
        long step = 1;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            strides[i] = step;
            step *= Math.Max(shape[i], 1);
        }

        GCHandle context = GCHandle.Alloc(owner);
        fixed (long* lengths = shape)
        fixed (long* steps = strides)
        {
            int status = Native.graft_tensor_wrap(
                (void*)data, lengths, steps, shape.Length, (int)dtype, &FreeOwner, (void*)GCHandle.ToIntPtr(context), out nint handle);
            if (status != 0)
            {
                context.Free();
            }

            Native.Check(status, "wrap memory");
            return new Tensor(handle);
        }
    }

    /// <summary>Copies the elements out, in C order.</summary>
    /// <typeparam name="T">The element type: float for <see cref="DType.Float"/> and so on.</typeparam>
    public unsafe T[] ToArray<T>()
        where T : unmanaged
    {
        if (ElementSize != sizeof(T))
        {
            throw new InvalidOperationException($"A {DType} tensor has {ElementSize} bytes an element; {typeof(T).Name} has {sizeof(T)}.");
        }

        T[] values = new T[Count];
        fixed (T* target = values)
        {
            Native.Check(Native.graft_tensor_copy_to(Handle, target, (long)values.Length * sizeof(T)), "copy to memory");
        }

        GC.KeepAlive(this);
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

    /// <summary>The memory of a dense tensor on the CPU, for code that reads or writes it in place; taking it counts as a change.</summary>
    public unsafe Span<T> Span<T>()
        where T : unmanaged
    {
        if (!IsContiguous() || ElementSize != sizeof(T))
        {
            throw new InvalidOperationException($"{this} is not a contiguous tensor of {typeof(T).Name}.");
        }

        Touch();
        return new Span<T>(Native.graft_tensor_data(Handle), checked((int)Count));
    }

    /// <summary>Says that the memory was written past libtorch, so that what was derived from it (packed weights) is made again.</summary>
    internal void Touch() => Native.Check(Native.graft_tensor_touch(Handle), "touch");

    /// <summary>Address of the first element.</summary>
    internal unsafe nint Data => (nint)Native.graft_tensor_data(Handle);

    [UnmanagedCallersOnly]
    private static unsafe void FreeOwner(void* context) => GCHandle.FromIntPtr((nint)context).Free();

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
        _ => throw new ArgumentException($"{typeof(T).Name} is no element type."),
    };
}
