using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Graft.Runtime.Preprocessing;

/// <summary>Takes interleaved channels apart.</summary>
internal static class ChannelSplit
{
    /// <summary>Writes the three channels of a row one after the other.</summary>
    /// <param name="row">Interleaved pixels of 3 or 4 bytes.</param>
    /// <param name="step">Bytes per pixel.</param>
    /// <param name="target">Three channels.</param>
    public static void Apply(ReadOnlySpan<byte> row, int step, Span<byte> target)
    {
        int width = target.Length / 3;
        Span<byte> first = target[..width], second = target.Slice(width, width), third = target.Slice(2 * width, width);
        int x = step == 3 ? Triples(row, first, second, third) : Quads(row, first, second, third);
        for (int at = x * step; x < width; x++, at += step)
        {
            first[x] = row[at];
            second[x] = row[at + 1];
            third[x] = row[at + 2];
        }
    }

    /// <summary>Sixteen pixels at a time; returns the number of pixels done.</summary>
    private static int Triples(ReadOnlySpan<byte> row, Span<byte> first, Span<byte> second, Span<byte> third)
    {
        ref byte from = ref MemoryMarshal.GetReference(row);
        ref byte to0 = ref MemoryMarshal.GetReference(first);
        ref byte to1 = ref MemoryMarshal.GetReference(second);
        ref byte to2 = ref MemoryMarshal.GetReference(third);
        int x = 0;
        for (; x <= first.Length - 16; x += 16)
        {
            ref byte at = ref Unsafe.Add(ref from, x * 3);
            Vector128<byte> a = Vector128.LoadUnsafe(ref at), b = Vector128.LoadUnsafe(ref at, 16), c = Vector128.LoadUnsafe(ref at, 32);

            // An index of 255 gives 0.
            (Vector128.Shuffle(a, Vector128.Create((byte)0, 3, 6, 9, 12, 15, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255))
                | Vector128.Shuffle(b, Vector128.Create((byte)255, 255, 255, 255, 255, 255, 2, 5, 8, 11, 14, 255, 255, 255, 255, 255))
                | Vector128.Shuffle(c, Vector128.Create((byte)255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 4, 7, 10, 13)))
                .StoreUnsafe(ref to0, (nuint)x);
            (Vector128.Shuffle(a, Vector128.Create((byte)1, 4, 7, 10, 13, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255))
                | Vector128.Shuffle(b, Vector128.Create((byte)255, 255, 255, 255, 255, 0, 3, 6, 9, 12, 15, 255, 255, 255, 255, 255))
                | Vector128.Shuffle(c, Vector128.Create((byte)255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2, 5, 8, 11, 14)))
                .StoreUnsafe(ref to1, (nuint)x);
            (Vector128.Shuffle(a, Vector128.Create((byte)2, 5, 8, 11, 14, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255))
                | Vector128.Shuffle(b, Vector128.Create((byte)255, 255, 255, 255, 255, 1, 4, 7, 10, 13, 255, 255, 255, 255, 255, 255))
                | Vector128.Shuffle(c, Vector128.Create((byte)255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 3, 6, 9, 12, 15)))
                .StoreUnsafe(ref to2, (nuint)x);
        }

        return x;
    }

    /// <summary>Sixteen pixels at a time; returns the number of pixels done.</summary>
    private static int Quads(ReadOnlySpan<byte> row, Span<byte> first, Span<byte> second, Span<byte> third)
    {
        ref byte from = ref MemoryMarshal.GetReference(row);
        int x = 0;
        for (; x <= first.Length - 16 && BitConverter.IsLittleEndian; x += 16)
        {
            ref byte at = ref Unsafe.Add(ref from, x * 4);
            Vector128<uint> a = Vector128.LoadUnsafe(ref at).AsUInt32(), b = Vector128.LoadUnsafe(ref at, 16).AsUInt32();
            Vector128<uint> c = Vector128.LoadUnsafe(ref at, 32).AsUInt32(), d = Vector128.LoadUnsafe(ref at, 48).AsUInt32();
            Lowest(a, b, c, d).StoreUnsafe(ref MemoryMarshal.GetReference(first), (nuint)x);
            Lowest(a >>> 8, b >>> 8, c >>> 8, d >>> 8).StoreUnsafe(ref MemoryMarshal.GetReference(second), (nuint)x);
            Lowest(a >>> 16, b >>> 16, c >>> 16, d >>> 16).StoreUnsafe(ref MemoryMarshal.GetReference(third), (nuint)x);
        }

        return x;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Lowest(Vector128<uint> a, Vector128<uint> b, Vector128<uint> c, Vector128<uint> d)
    {
        Vector128<uint> mask = Vector128.Create(255u);
        return Vector128.Narrow(Vector128.Narrow(a & mask, b & mask), Vector128.Narrow(c & mask, d & mask));
    }
}
