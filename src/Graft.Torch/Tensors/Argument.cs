namespace Graft.Torch;

/// <summary>One boxed argument of an ATen operator, for native code.</summary>
public readonly struct Argument
{
    internal readonly int Tag;
    internal readonly long Bits;
    internal readonly object? Reference;

    private Argument(int tag, long bits, object? reference = null)
    {
        Tag = tag;
        Bits = bits;
        Reference = reference;
    }

    internal const int None = 0, Integer = 1, Real = 2, Boolean = 3, OneTensor = 4, Integers = 5, Reals = 6, ManyTensors = 7;
    internal const int Text = 8, DeviceName = 9, OptionalTensors = 11;

    /// <summary>The tensor passed, if this argument is one.</summary>
    public Tensor? Tensor => Reference as Tensor;

    /// <summary>The tensors passed, if this argument is a list of them.</summary>
    public IReadOnlyList<Tensor?> Tensors => Reference as IReadOnlyList<Tensor?> ?? [];

    /// <summary>The value passed: null, a number, a string, an array or a tensor.</summary>
    public object? Value => Tag switch
    {
        None => null,
        Integer => Bits,
        Real => BitConverter.Int64BitsToDouble(Bits),
        Boolean => Bits != 0,
        _ => Reference,
    };

    /// <summary>Passes a tensor; null passes no value.</summary>
    public static implicit operator Argument(Tensor? value) => value is null ? default : new(OneTensor, 0, value);

    /// <summary>Passes an integer.</summary>
    public static implicit operator Argument(long value) => new(Integer, value);

    /// <summary>Passes an integer.</summary>
    public static implicit operator Argument(int value) => new(Integer, value);

    /// <summary>Passes a number.</summary>
    public static implicit operator Argument(double value) => new(Real, BitConverter.DoubleToInt64Bits(value));

    /// <summary>Passes a Boolean.</summary>
    public static implicit operator Argument(bool value) => new(Boolean, value ? 1 : 0);

    /// <summary>Passes a list of integers.</summary>
    public static implicit operator Argument(long[]? value) => value is null ? default : new(Integers, 0, value);

    /// <summary>Passes a list of numbers.</summary>
    public static implicit operator Argument(double[]? value) => value is null ? default : new(Reals, 0, value);

    /// <summary>Passes a list of tensors.</summary>
    public static implicit operator Argument(Tensor[] value) => new(ManyTensors, 0, value);

    /// <summary>Passes a string.</summary>
    public static implicit operator Argument(string? value) => value is null ? default : new(Text, 0, value);

    /// <summary>Passes an element type.</summary>
    public static implicit operator Argument(DType value) => new(Integer, (long)value);

    /// <summary>Passes a memory format.</summary>
    public static implicit operator Argument(MemoryFormat value) => new(Integer, (long)value);

    /// <summary>Passes a list of tensors, some of which may be null (index operators).</summary>
    public static Argument Indices(params Tensor?[] value) => new(OptionalTensors, 0, value);

    /// <summary>Passes a device.</summary>
    public static Argument OnDevice(string device) => new(DeviceName, 0, device);

    /// <summary>No value for an optional argument.</summary>
    public static Argument Nothing => default;
}
