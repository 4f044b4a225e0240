using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Graft.Files;

/// <summary>Turns stored elements into numbers.</summary>
internal static class ElementValues
{
    internal static void ToSingles(ElementType type, ReadOnlySpan<byte> bytes, Span<float> values)
    {
        if (type == ElementType.Float32)
        {
            bytes.CopyTo(MemoryMarshal.AsBytes(values));
        }
        else if (type == ElementType.BFloat16)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = BFloat16(BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]));
            }
        }
        else if (type == ElementType.Float16)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(2 * i)..]);
            }
        }
        else
        {
            int size = type.Bits() / 8;
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (float)ToDouble(type, bytes.Slice(i * size, size));
            }
        }
    }

    internal static void ToDoubles(ElementType type, ReadOnlySpan<byte> bytes, Span<double> values)
    {
        int size = Math.Max(type.Bits() / 8, 1);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = ToDouble(type, bytes.Slice(i * size, size));
        }
    }

    internal static void ToInt64s(ElementType type, ReadOnlySpan<byte> bytes, Span<long> values)
    {
        int size = Math.Max(type.Bits() / 8, 1);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = ToInteger(type, bytes.Slice(i * size, size), "an integer");
        }
    }

    /// <summary>Rounds a value to another floating-point type; other types leave it unchanged.</summary>
    internal static double Round(ElementType type, double value) => type switch
    {
        ElementType.Float32 => (float)value,
        ElementType.Float16 => (double)(Half)value,
        ElementType.BFloat16 => RoundToBFloat16((float)value),
        _ => value,
    };

    /// <summary>To the nearest value with 8 significant bits, ties to even.</summary>
    private static float RoundToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? value : BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);
    }

    /// <summary>Whether no value is NaN or infinite; always so for integers and types that have neither.</summary>
    internal static bool AllFinite(ElementType type, ReadOnlySpan<byte> bytes) => type switch
    {
        ElementType.Float32 or ElementType.Complex64 => Below<uint>(bytes, 0x7F800000),
        ElementType.Float64 or ElementType.Complex128 => Below<ulong>(bytes, 0x7FF0000000000000),
        ElementType.Float16 or ElementType.Complex32 => Below<ushort>(bytes, 0x7C00),
        ElementType.BFloat16 => Below<ushort>(bytes, 0x7F80),
        ElementType.Float8E5M2 => Below<byte>(bytes, 0x7C),
        ElementType.Float8E4M3 => !bytes.ContainsAny((byte)0x7F, (byte)0xFF),
        ElementType.Float8E4M3Fnuz or ElementType.Float8E5M2Fnuz => !bytes.Contains((byte)0x80),
        ElementType.Float8E8M0 => !bytes.Contains((byte)0xFF),
        _ => true,
    };

    /// <summary>Whether every exponent is below the one that is all ones: NaN and infinity have that one.</summary>
    private static bool Below<T>(ReadOnlySpan<byte> bytes, T exponent)
        where T : unmanaged, IBinaryInteger<T>
    {
        ReadOnlySpan<T> values = MemoryMarshal.Cast<byte, T>(bytes);
        Vector<T> mask = new(exponent);
        int at = 0;
        for (; at + Vector<T>.Count <= values.Length; at += Vector<T>.Count)
        {
            if (Vector.EqualsAny(new Vector<T>(values[at..]) & mask, mask))
            {
                return false;
            }
        }

        for (; at < values.Length; at++)
        {
            if ((values[at] & exponent) == exponent)
            {
                return false;
            }
        }

        return true;
    }

    private static double ToDouble(ElementType type, ReadOnlySpan<byte> one) => type switch
    {
        ElementType.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(one),
        ElementType.Float16 => (double)BinaryPrimitives.ReadHalfLittleEndian(one),
        ElementType.BFloat16 => BFloat16(BinaryPrimitives.ReadUInt16LittleEndian(one)),
        ElementType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(one),
        ElementType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(one),
        ElementType.Float8E4M3 => (one[0] & 0x7F) == 0x7F ? double.NaN : Small(one[0], 4, 3, 7),
        ElementType.Float8E5M2 => (double)BitConverter.UInt16BitsToHalf((ushort)(one[0] << 8)),
        ElementType.Float8E4M3Fnuz => one[0] == 0x80 ? double.NaN : Small(one[0], 4, 3, 8),
        ElementType.Float8E5M2Fnuz => one[0] == 0x80 ? double.NaN : Small(one[0], 5, 2, 16),
        ElementType.Float8E8M0 => one[0] == 0xFF ? double.NaN : Math.ScaleB(1, one[0] - 127),
        _ => ToInteger(type, one, "a real number"),
    };

    private static long ToInteger(ElementType type, ReadOnlySpan<byte> one, string what) => type switch
    {
        ElementType.Boolean => one[0] != 0 ? 1 : 0,
        ElementType.UInt8 => one[0],
        ElementType.Int8 => (sbyte)one[0],
        ElementType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(one),
        ElementType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(one),
        ElementType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(one),
        ElementType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(one),
        ElementType.UInt64 => checked((long)BinaryPrimitives.ReadUInt64LittleEndian(one)),
        ElementType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(one),
        _ => throw NotA(what, type),
    };

    private static float BFloat16(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    private static double Small(byte bits, int exponentBits, int fractionBits, int bias)
    {
        int exponent = (bits >> fractionBits) & ((1 << exponentBits) - 1), fraction = bits & ((1 << fractionBits) - 1);
        double size = exponent == 0
            ? Math.ScaleB(fraction, 1 - bias - fractionBits)
            : Math.ScaleB((1 << fractionBits) + fraction, exponent - bias - fractionBits);
        return (bits & 0x80) != 0 ? -size : size;
    }

    private static GraftException NotA(string what, ElementType type)
        => new(Failure.Model, $"A tensor of type {type.TorchName()} was read as {what}.",
            "Copy its bytes instead, or convert the file first.");
}
