using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Graft.Runtime.Preprocessing;

/// <summary>Averages over blocks of whole pixels.</summary>
internal static class BlockResizer
{
    // Blocks of at most this many pixels have sums of 16 bits.
    private const int MostShort = ushort.MaxValue / byte.MaxValue;

    public static void Resize(in RowSource source, int height, int blockWidth, int blockHeight, ResizeBuffers buffers, in RowTarget target)
    {
        if ((blockWidth, blockHeight) == (2, 2))
        {
            Halve(source, height, buffers, target);
            return;
        }

        float share = 1f / (blockWidth * blockHeight);
        bool isShort = blockWidth * blockHeight <= MostShort;
        Span<byte> narrow = buffers.Narrow(source.ScratchLength(blockHeight));
        Span<ushort> shorts = buffers.Shorts(isShort ? source.RowBytes : 0);
        Span<int> wholes = buffers.Wholes(isShort ? 0 : source.RowBytes);
        Span<int> sums = buffers.Upper(source.Channels * (source.Width / blockWidth));
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> rows = source.Read(y * blockHeight, blockHeight, narrow, out int stride);
            if (isShort)
            {
                SumRows(rows, stride, blockHeight, shorts);
                SumColumns<ushort>(shorts, source, blockWidth, sums);
            }
            else
            {
                SumRows(rows, stride, blockHeight, wholes);
                SumColumns<int>(wholes, source, blockWidth, sums);
            }

            Round(sums, share, target.Begin(y));
            target.End(y);
        }
    }

    private static void SumRows(ReadOnlySpan<byte> rows, int stride, int count, Span<ushort> sums)
    {
        ref byte from = ref MemoryMarshal.GetReference(rows);
        int x = 0;
        for (; x <= sums.Length - 16; x += 16)
        {
            (Vector128<ushort> lower, Vector128<ushort> upper) = (default, default);
            for (int i = 0; i < count; i++)
            {
                Vector128<byte> row = Vector128.LoadUnsafe(ref from, (nuint)((i * stride) + x));
                lower += Vector128.WidenLower(row);
                upper += Vector128.WidenUpper(row);
            }

            lower.CopyTo(sums[x..]);
            upper.CopyTo(sums[(x + 8)..]);
        }

        for (; x < sums.Length; x++)
        {
            int sum = 0;
            for (int i = 0; i < count; i++)
            {
                sum += rows[(i * stride) + x];
            }

            sums[x] = (ushort)sum;
        }
    }

    private static void SumRows(ReadOnlySpan<byte> rows, int stride, int count, Span<int> sums)
    {
        sums.Clear();
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> row = rows.Slice(i * stride, sums.Length);
            for (int x = 0; x < row.Length; x++)
            {
                sums[x] += row[x];
            }
        }
    }

    /// <summary>Sums of blocks, one channel after the other.</summary>
    private static void SumColumns<T>(ReadOnlySpan<T> values, in RowSource source, int blockWidth, Span<int> sums)
        where T : unmanaged
    {
        int channels = source.Channels, step = source.Step, width = sums.Length / channels;
        ref T from = ref MemoryMarshal.GetReference(values);
        if (step == 1)
        {
            for (int x = 0, at = 0; x < sums.Length; x++, at += blockWidth)
            {
                int sum = 0;
                for (int i = 0; i < blockWidth; i++)
                {
                    sum += Whole(ref from, at + i);
                }

                sums[x] = sum;
            }

            return;
        }

        for (int x = 0, at = 0; x < width; x++)
        {
            int first = 0, second = 0, third = 0;
            for (int i = 0; i < blockWidth; i++, at += step)
            {
                first += Whole(ref from, at);
                second += Whole(ref from, at + 1);
                third += Whole(ref from, at + 2);
            }

            sums[x] = first;
            sums[width + x] = second;
            sums[(2 * width) + x] = third;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Whole<T>(ref T from, int at)
        where T : unmanaged
        => typeof(T) == typeof(ushort) ? (ushort)(object)Unsafe.Add(ref from, at) : (int)(object)Unsafe.Add(ref from, at);

    private static void Round(ReadOnlySpan<int> sums, float share, Span<byte> target)
    {
        ref int from = ref MemoryMarshal.GetReference(sums);
        ref byte to = ref MemoryMarshal.GetReference(target);
        Vector256<float> shares = Vector256.Create(share);
        int x = 0;
        for (; x <= target.Length - 16; x += 16)
        {
            Vector256<int> lower = Lanes.Round(Vector256.ConvertToSingle(Vector256.LoadUnsafe(ref from, (nuint)x)) * shares);
            Vector256<int> upper = Lanes.Round(Vector256.ConvertToSingle(Vector256.LoadUnsafe(ref from, (nuint)(x + 8))) * shares);
            Lanes.ToBytes(lower, upper).StoreUnsafe(ref to, (nuint)x);
        }

        for (; x < target.Length; x++)
        {
            target[x] = (byte)MathF.Round(sums[x] * share);
        }
    }

    /// <summary>Blocks of 2×2, whose halves round up; other blocks round to even.</summary>
    private static void Halve(in RowSource source, int height, ResizeBuffers buffers, in RowTarget target)
    {
        int length = source.Width * source.Channels;
        Span<byte> narrow = buffers.Narrow(source.ScratchLength(2)), split = buffers.Mixed(source.Step > 1 ? 2 * length : 0);
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> rows = source.Read(2 * y, 2, narrow, out int stride);
            ReadOnlySpan<byte> upper = rows[..source.RowBytes], lower = rows.Slice(stride, source.RowBytes);
            if (source.Step > 1)
            {
                ChannelSplit.Apply(upper, source.Step, split[..length]);
                ChannelSplit.Apply(lower, source.Step, split[length..]);
                upper = split[..length];
                lower = split[length..];
            }

            Halve(upper, lower, target.Begin(y));
            target.End(y);
        }
    }

    private static void Halve(ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower, Span<byte> target)
    {
        ref byte above = ref MemoryMarshal.GetReference(upper);
        ref byte below = ref MemoryMarshal.GetReference(lower);
        ref byte to = ref MemoryMarshal.GetReference(target);
        int x = 0;
        for (; x <= target.Length - 16 && BitConverter.IsLittleEndian; x += 16)
        {
            Vector128<ushort> first = Eight(ref Unsafe.Add(ref above, 2 * x), ref Unsafe.Add(ref below, 2 * x));
            Vector128<ushort> second = Eight(ref Unsafe.Add(ref above, (2 * x) + 16), ref Unsafe.Add(ref below, (2 * x) + 16));
            Vector128.Narrow(first, second).StoreUnsafe(ref to, (nuint)x);
        }

        for (; x < target.Length; x++)
        {
            target[x] = (byte)((upper[2 * x] + upper[(2 * x) + 1] + lower[2 * x] + lower[(2 * x) + 1] + 2) >> 2);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Eight(ref byte above, ref byte below)
    {
        Vector128<ushort> even = Vector128.Create((ushort)255);
        Vector128<ushort> a = Vector128.LoadUnsafe(ref above).AsUInt16(), b = Vector128.LoadUnsafe(ref below).AsUInt16();
        return ((a & even) + (a >>> 8) + (b & even) + (b >>> 8) + Vector128.Create((ushort)2)) >>> 2;
    }
}
