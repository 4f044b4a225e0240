using System.Collections.Frozen;

namespace Graft.Files;

/// <summary>Names and sizes, per format, of an <see cref="ElementType"/>.</summary>
public static class ElementTypes
{
    private static readonly (ElementType Type, int Bits, string? SafeTensors, string Torch, string? Storage, string? Npy)[] Table =
    [
        (ElementType.Boolean, 8, "BOOL", "bool", "BoolStorage", "b1"),
        (ElementType.UInt8, 8, "U8", "uint8", "ByteStorage", "u1"),
        (ElementType.Int8, 8, "I8", "int8", "CharStorage", "i1"),
        (ElementType.UInt16, 16, "U16", "uint16", null, "u2"),
        (ElementType.Int16, 16, "I16", "int16", "ShortStorage", "i2"),
        (ElementType.UInt32, 32, "U32", "uint32", null, "u4"),
        (ElementType.Int32, 32, "I32", "int32", "IntStorage", "i4"),
        (ElementType.UInt64, 64, "U64", "uint64", null, "u8"),
        (ElementType.Int64, 64, "I64", "int64", "LongStorage", "i8"),
        (ElementType.Float16, 16, "F16", "float16", "HalfStorage", "f2"),
        (ElementType.BFloat16, 16, "BF16", "bfloat16", "BFloat16Storage", null),
        (ElementType.Float32, 32, "F32", "float32", "FloatStorage", "f4"),
        (ElementType.Float64, 64, "F64", "float64", "DoubleStorage", "f8"),
        (ElementType.Complex32, 32, null, "complex32", "ComplexHalfStorage", null),
        (ElementType.Complex64, 64, "C64", "complex64", "ComplexFloatStorage", "c8"),
        (ElementType.Complex128, 128, null, "complex128", "ComplexDoubleStorage", "c16"),
        (ElementType.Float8E4M3, 8, "F8_E4M3", "float8_e4m3fn", null, null),
        (ElementType.Float8E5M2, 8, "F8_E5M2", "float8_e5m2", null, null),
        (ElementType.Float8E4M3Fnuz, 8, "F8_E4M3FNUZ", "float8_e4m3fnuz", null, null),
        (ElementType.Float8E5M2Fnuz, 8, "F8_E5M2FNUZ", "float8_e5m2fnuz", null, null),
        (ElementType.Float8E8M0, 8, "F8_E8M0", "float8_e8m0fnu", null, null),
        (ElementType.Float4, 4, "F4", "float4_e2m1fn", null, null),
        (ElementType.Float6E2M3, 6, "F6_E2M3", "float6_e2m3fn", null, null),
        (ElementType.Float6E3M2, 6, "F6_E3M2", "float6_e3m2fn", null, null),
    ];

    private static readonly FrozenDictionary<string, ElementType> BySafeTensors =
        Table.Where(row => row.SafeTensors is not null).ToFrozenDictionary(row => row.SafeTensors!, row => row.Type);

    private static readonly FrozenDictionary<string, ElementType> ByStorage =
        Table.Where(row => row.Storage is not null).ToFrozenDictionary(row => row.Storage!, row => row.Type);

    private static readonly FrozenDictionary<string, ElementType> ByNpy =
        Table.Where(row => row.Npy is not null).ToFrozenDictionary(row => row.Npy!, row => row.Type);

    private static readonly FrozenDictionary<string, ElementType> ByTorch = Table.Select(row => (row.Torch, row.Type)).Concat([
        ("half", ElementType.Float16), ("float", ElementType.Float32), ("double", ElementType.Float64), ("chalf", ElementType.Complex32),
        ("cfloat", ElementType.Complex64), ("cdouble", ElementType.Complex128), ("short", ElementType.Int16), ("int", ElementType.Int32),
        ("long", ElementType.Int64)]).ToFrozenDictionary(row => row.Item1, row => row.Item2);

    /// <summary>Size of one element in bits; 4 and 6 for the two sub-byte kinds.</summary>
    public static int Bits(this ElementType type) => Table[(int)type].Bits;

    /// <summary>PyTorch's name, such as <c>float32</c>.</summary>
    public static string TorchName(this ElementType type) => Table[(int)type].Torch;

    /// <summary>The name in a safetensors header, such as <c>F32</c>; null where that format has none.</summary>
    public static string? SafeTensorsName(this ElementType type) => Table[(int)type].SafeTensors;

    /// <summary>A short upper-case name for tables: that of safetensors, or <c>C128</c> and <c>C32</c> for what it lacks.</summary>
    public static string ShortName(this ElementType type)
        => Table[(int)type].SafeTensors ?? (type == ElementType.Complex128 ? "C128" : "C32");

    /// <summary>Whether the values are real floating point numbers.</summary>
    public static bool IsFloatingPoint(this ElementType type)
        => type is >= ElementType.Float16 and <= ElementType.Float64 or >= ElementType.Float8E4M3;

    /// <summary>Whether the values are complex numbers.</summary>
    public static bool IsComplex(this ElementType type) => type is >= ElementType.Complex32 and <= ElementType.Complex128;

    /// <summary>The type that a safetensors header calls <paramref name="name"/> (case matters).</summary>
    public static bool TryFromSafeTensors(string name, out ElementType type) => BySafeTensors.TryGetValue(name, out type);

    /// <summary>The type behind a NumPy kind and size without byte order, such as <c>f4</c>.</summary>
    internal static bool TryFromNpy(string name, out ElementType type) => ByNpy.TryGetValue(name, out type);

    internal static bool TryFromStorage(string name, out ElementType type) => ByStorage.TryGetValue(name, out type);

    internal static bool TryFromTorch(string name, out ElementType type) => ByTorch.TryGetValue(name, out type);

    internal static string? NpyName(this ElementType type) => Table[(int)type].Npy;

    internal static string? StorageName(this ElementType type) => Table[(int)type].Storage;

    /// <summary>Bytes of one number inside an element, for byte swapping: half of a complex value.</summary>
    internal static int SwapBytes(this ElementType type) => type.IsComplex() ? type.Bits() / 16 : type.Bits() / 8;
}
