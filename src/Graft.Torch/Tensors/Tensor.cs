using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Graft.Torch.Interop;

namespace Graft.Torch;

/// <summary>An n-dimensional array of libtorch, owned: freed by <see cref="Dispose"/> or by the scope it was made in.</summary>
[NativeMarshalling(typeof(TensorMarshaller))]
public sealed partial class Tensor : IDisposable
{
    private static long _live;
    private nint _handle;

    internal Tensor(nint handle)
    {
        _handle = handle;
        Interlocked.Increment(ref _live);
        Owner = TensorScope.Current;
        Owner?.Own(this);
    }

    /// <summary>Frees tensors that neither a scope nor an owner has freed.</summary>
    ~Tensor() => Release();

    /// <summary>Number of live tensors in this process.</summary>
    public static long Live => Interlocked.Read(ref _live);

    internal TensorScope? Owner { get; set; }

    /// <summary>For <see cref="TensorMarshaller"/> and <see cref="Operator"/>, which keep the tensor reachable until the call
    /// returns.</summary>
    internal nint Handle
    {
        get
        {
            nint handle = _handle;
            ObjectDisposedException.ThrowIf(handle == 0, this);
            return handle;
        }
    }

    /// <summary>Whether the tensor was freed.</summary>
    public bool IsDisposed => _handle == 0;

    /// <summary>Number of axes.</summary>
    public int Rank => Native.graft_tensor_rank(this);

    /// <summary>Element type.</summary>
    public DType DType => (DType)Native.graft_tensor_dtype(this);

    /// <summary>Length of each axis.</summary>
    public unsafe long[] Shape
    {
        get
        {
            long[] shape = new long[Rank];
            fixed (long* target = shape)
            {
                Native.graft_tensor_shape(this, target);
            }

            return shape;
        }
    }

    /// <summary>Stride of each axis, in elements.</summary>
    public unsafe long[] Strides
    {
        get
        {
            long[] strides = new long[Rank];
            fixed (long* target = strides)
            {
                Native.graft_tensor_strides(this, target);
            }

            return strides;
        }
    }

    /// <summary>Number of elements.</summary>
    public long Count => Shape.Product();

    /// <summary>Bytes of one element.</summary>
    public int ElementSize => SizeOf(DType);

    /// <summary>Device name, such as <c>cpu</c>.</summary>
    public unsafe string Device
    {
        get
        {
            byte* text = stackalloc byte[32];
            Native.Check(Native.graft_tensor_device(this, text, 32), "device");
            return Marshal.PtrToStringUTF8((nint)text)!;
        }
    }

    /// <summary>Length of one axis; negative numbers count from the last.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public long Size(int axis)
    {
        long[] shape = Shape;
        int place = axis < 0 ? axis + shape.Length : axis;
        return place >= 0 && place < shape.Length
            ? shape[place]
            : throw new ArgumentOutOfRangeException(nameof(axis), axis, $"A tensor of the shape {string.Join("×", shape)} has no axis {axis}.");
    }

    /// <summary>Whether the elements are dense in a memory format.</summary>
    public bool IsContiguous(MemoryFormat format = MemoryFormat.Contiguous)
        => Native.graft_tensor_is_contiguous(this, (int)format) != 0;

    /// <summary>Removes the tensor from its scope; the caller disposes it.</summary>
    /// <returns>The same tensor.</returns>
    public Tensor Unscoped()
    {
        Owner = null;
        return this;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public override string ToString() => IsDisposed ? "disposed tensor" : $"{DType} {string.Join("×", Shape)}";

    private static int SizeOf(DType type) => type switch
    {
        DType.Byte or DType.SByte or DType.Bool => 1,
        DType.Short or DType.Half or DType.BFloat16 => 2,
        DType.Int or DType.Float => 4,
        DType.ComplexDouble => 16,
        _ => 8,
    };

    private void Release()
    {
        nint handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
        {
            Interlocked.Decrement(ref _live);
            Native.graft_tensor_free(handle);
        }
    }
}
