using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Graft.Runtime.Preprocessing;

/// <summary>Maps 16-bit values to bytes.</summary>
internal static class DepthReduction
{
    /// <summary>
    /// Maps low..high to 0..255 in 256 steps of equal width: ⌊(value − low) · 256 / (high − low + 1)⌋, clamped. With 0..2^bits − 1
    /// this is the value divided by 2^(bits − 8), as at training.
    /// </summary>
    public static void Apply(ReadOnlySpan<ushort> values, ushort low, ushort high, Span<byte> target)
    {
        int range = high - low + 1, i = 0;
        if (BitConverter.IsLittleEndian)
        {
            i = BitOperations.IsPow2(range) && range > byte.MaxValue
                ? Shift(values, low, high, BitOperations.Log2((uint)range) - 8, target)
                : Divide(values, low, high, range, target);
        }

        for (; i < values.Length; i++)
        {
            ushort value = BitConverter.IsLittleEndian ? values[i] : BinaryPrimitives.ReverseEndianness(values[i]);
            target[i] = (byte)((Math.Clamp(value, low, high) - low) * 256 / range);
        }
    }

    /// <summary>For a range of a power of two; returns the number of values done.</summary>
    private static int Shift(ReadOnlySpan<ushort> values, ushort low, ushort high, int bits, Span<byte> target)
    {
        Vector128<ushort> least = Vector128.Create(low), most = Vector128.Create(high);
        ref ushort from = ref MemoryMarshal.GetReference(values);
        ref byte to = ref MemoryMarshal.GetReference(target);
        int i = 0;
        for (; i <= values.Length - 16; i += 16)
        {
            Vector128<ushort> first = Vector128.LoadUnsafe(ref from, (nuint)i), second = Vector128.LoadUnsafe(ref from, (nuint)(i + 8));
            first = (Vector128.Min(Vector128.Max(first, least), most) - least) >>> bits;
            second = (Vector128.Min(Vector128.Max(second, least), most) - least) >>> bits;
            Vector128.Narrow(first, second).StoreUnsafe(ref to, (nuint)i);
        }

        return i;
    }

    /// <summary>For any range; returns the number of values done.</summary>
    private static int Divide(ReadOnlySpan<ushort> values, ushort low, ushort high, int range, Span<byte> target)
    {
        // The quotient of floats is exact enough: it is 2^-16 or more away from the next whole number, and rounds by at most 2^-17.
        Vector128<ushort> least = Vector128.Create(low), most = Vector128.Create(high);
        Vector256<float> divisor = Vector256.Create((float)range), steps = Vector256.Create(256f);
        ref ushort from = ref MemoryMarshal.GetReference(values);
        ref byte to = ref MemoryMarshal.GetReference(target);
        int i = 0;
        for (; i <= values.Length - 16; i += 16)
        {
            Vector128<ushort> first = Vector128.LoadUnsafe(ref from, (nuint)i), second = Vector128.LoadUnsafe(ref from, (nuint)(i + 8));
            first = Vector128.Min(Vector128.Max(first, least), most) - least;
            second = Vector128.Min(Vector128.Max(second, least), most) - least;
            Lanes.ToBytes(Quotient(first, steps, divisor), Quotient(second, steps, divisor)).StoreUnsafe(ref to, (nuint)i);
        }

        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Quotient(Vector128<ushort> values, Vector256<float> steps, Vector256<float> divisor)
    {
        Vector256<int> wide = Vector256.Create(Vector128.WidenLower(values), Vector128.WidenUpper(values)).AsInt32();
        return Vector256.ConvertToInt32(Vector256.ConvertToSingle(wide) * steps / divisor);
    }
}
