using System.Runtime.CompilerServices;
using System.Text;
using Graft.Torch.Interop;

namespace Graft.Torch;

/// <summary>An ATen operator, resolved once by its schema name and called through PyTorch's dispatcher.</summary>
/// <param name="name">Schema name, such as <c>aten::conv2d</c>.</param>
/// <param name="overload">Overload name, such as <c>Tensor</c>; empty for the plain one.</param>
public sealed class Operator(string name, string overload = "")
{
    private const int MaximumResults = 256;
    private nint _handle;

    /// <summary>Schema name without overload.</summary>
    public string Name { get; } = name;

    /// <summary>Calls the operator and returns its first tensor.</summary>
    /// <param name="arguments">In schema order; omitted trailing ones take their defaults.</param>
    /// <exception cref="GraftException">ATen refused the arguments; the message is ATen's.</exception>
    [SkipLocalsInit]
    public unsafe Tensor Call(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue* results = stackalloc NativeValue[8];
        long start = OperationRecorder.Now();
        int produced = Invoke(arguments, results, 8);
        if (produced == 0 || results[0].Tag != Argument.OneTensor)
        {
            throw new GraftException(Failure.Runtime, $"{Name} returned no tensor.");
        }

        Tensor first = new((nint)results[0].Bits);
        for (int i = 1; i < produced; i++)
        {
            if (results[i].Tag == Argument.OneTensor)
            {
                Native.graft_tensor_free((nint)results[i].Bits);
            }
        }

        OperationRecorder.Active?.Add(this, arguments, [first], start);
        return first;
    }

    /// <summary>Calls an in-place operator, whose result is its first argument.</summary>
    /// <param name="arguments">In schema order.</param>
    [SkipLocalsInit]
    public unsafe void Apply(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue* results = stackalloc NativeValue[8];
        long start = OperationRecorder.Now();
        int produced = Invoke(arguments, results, 8);
        for (int i = 0; i < produced; i++)
        {
            if (results[i].Tag == Argument.OneTensor)
            {
                Native.graft_tensor_free((nint)results[i].Bits);
            }
        }

        OperationRecorder.Active?.Add(this, arguments, arguments[0].Tensor is { } target ? [target] : [], start);
    }

    /// <summary>Calls the operator and returns all its tensors, lists flattened; a missing one is null.</summary>
    /// <param name="arguments">In schema order.</param>
    public unsafe Tensor[] CallMany(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MaximumResults];
        long start = OperationRecorder.Now();
        int produced = Invoke(arguments, results, MaximumResults);
        Tensor[] tensors = new Tensor[produced];
        for (int i = 0; i < produced; i++)
        {
            tensors[i] = results[i].Tag == Argument.OneTensor ? new Tensor((nint)results[i].Bits) : null!;
        }

        OperationRecorder.Active?.Add(this, arguments, tensors, start);
        return tensors;
    }

    [SkipLocalsInit]
    private unsafe int Invoke(ReadOnlySpan<Argument> arguments, NativeValue* results, int capacity)
    {
        if (_handle == 0)
        {
            Native.Check(Native.graft_op_find(Name, overload, out _handle), Name);
        }

        NativeValue* values = stackalloc NativeValue[arguments.Length];
        byte* room = stackalloc byte[Room(arguments)];
        for (int i = 0; i < arguments.Length; i++)
        {
            Fill(in arguments[i], ref values[i], ref room);
        }

        int produced;
        int status = Native.graft_op_call(_handle, values, arguments.Length, results, capacity, &produced);
        // Keeps tensors from being finalised while native code uses them.
        foreach (ref readonly Argument argument in arguments)
        {
            GC.KeepAlive(argument.Reference);
        }

        if (status != 0)
        {
            Native.Check(status, Name);
        }

        return produced;
    }

    private static int Room(ReadOnlySpan<Argument> arguments)
    {
        int bytes = 0;
        foreach (ref readonly Argument argument in arguments)
        {
            bytes += argument.Reference switch
            {
                null or Tensor => 0,
                Array array => array.Length * sizeof(long),
                string text => (Encoding.UTF8.GetMaxByteCount(text.Length) + 7) & ~7,
                _ => 0,
            };
        }

        return bytes;
    }

    private static unsafe void Fill(in Argument argument, ref NativeValue value, ref byte* room)
    {
        value.Tag = argument.Tag;
        value.Length = 0;
        value.Bits = argument.Bits;
        if (argument.Reference is null)
        {
            return;
        }

        if (argument.Tag == Argument.OneTensor)
        {
            value.Bits = Unsafe.As<Tensor>(argument.Reference).Handle;
            return;
        }

        value.Bits = (nint)room;
        switch (argument.Reference)
        {
            case long[] longs:
                longs.CopyTo(new Span<long>(room, longs.Length));
                value.Length = longs.Length;
                room += longs.Length * sizeof(long);
                break;
            case double[] doubles:
                doubles.CopyTo(new Span<double>(room, doubles.Length));
                value.Length = doubles.Length;
                room += doubles.Length * sizeof(double);
                break;
            case Tensor?[] tensors:
                Span<nint> handles = new(room, tensors.Length);
                for (int i = 0; i < tensors.Length; i++)
                {
                    handles[i] = tensors[i]?.Handle ?? 0;
                }

                value.Length = tensors.Length;
                room += tensors.Length * sizeof(nint);
                break;
            case string text:
                value.Length = Encoding.UTF8.GetBytes(text, new Span<byte>(room, Encoding.UTF8.GetMaxByteCount(text.Length)));
                room += (value.Length + 7) & ~7;
                break;
        }
    }
}
