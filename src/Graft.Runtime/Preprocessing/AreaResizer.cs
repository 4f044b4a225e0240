using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Graft.Runtime.Preprocessing;

/// <summary>Averages over areas with fractions of pixels, in floats that are added in OpenCV's order.</summary>
/// <remarks>
/// Sums of floats depend on their order, so a row cannot be split. Eight rows are summed side by side instead: their bytes are interleaved,
/// a vector holds one column of all eight.
/// </remarks>
internal static class AreaResizer
{
    private const int Group = 8;

    public static void Resize(in RowSource source, int width, int height, ResizeBuffers buffers, in RowTarget target)
    {
        int length = width * source.Channels;
        AreaTable columns = buffers.AreaX, rows = buffers.AreaY;
        columns.Fill(source.Width, width);
        rows.Fill(source.Height, height);
        Span<byte> narrow = buffers.Narrow(source.ScratchLength(Group)), zipped = buffers.Mixed(Group * source.RowBytes);
        Span<float> summed = buffers.Columns(Group * length), sums = buffers.Sums(length);
        int ready = 0, end = 0;
        for (int y = 0; y < height; y++)
        {
            sums.Clear();
            int first = rows.First[y];
            ReadOnlySpan<float> weights = rows.Weights[rows.Start[y]..rows.Start[y + 1]];
            for (int i = 0; i < weights.Length;)
            {
                if (first + i >= end)
                {
                    ready = first + i;
                    end = Math.Min(ready + Group, source.Height);
                    Zip(source.Read(ready, end - ready, narrow, out int stride), stride, end - ready, zipped);
                    SumColumns(zipped, source, columns, summed, length);
                }

                int count = Math.Min(end - first, weights.Length) - i;
                AddRows(summed[((first + i - ready) * length)..], weights.Slice(i, count), sums);
                i += count;
            }

            Round(sums, target.Begin(y));
            target.End(y);
        }
    }

    /// <summary>Interleaves the bytes of eight rows; missing rows repeat the last one.</summary>
    private static void Zip(ReadOnlySpan<byte> rows, int stride, int count, Span<byte> target)
    {
        int length = target.Length / Group, last = (count - 1) * stride;
        int r1 = Math.Min(stride, last), r2 = Math.Min(2 * stride, last), r3 = Math.Min(3 * stride, last);
        int r4 = Math.Min(4 * stride, last), r5 = Math.Min(5 * stride, last), r6 = Math.Min(6 * stride, last), r7 = Math.Min(7 * stride, last);
        ref byte from = ref MemoryMarshal.GetReference(rows);
        ref byte to = ref MemoryMarshal.GetReference(target);
        int x = 0;
        for (; x <= length - 16; x += 16)
        {
            ref byte at = ref Unsafe.Add(ref from, x);
            Vector128<byte> a = Vector128.LoadUnsafe(ref at), e = Vector128.LoadUnsafe(ref at, (nuint)r4);
            Vector128<byte> b = Vector128.LoadUnsafe(ref at, (nuint)r1), f = Vector128.LoadUnsafe(ref at, (nuint)r5);
            Vector128<byte> c = Vector128.LoadUnsafe(ref at, (nuint)r2), g = Vector128.LoadUnsafe(ref at, (nuint)r6);
            Vector128<byte> d = Vector128.LoadUnsafe(ref at, (nuint)r3), h = Vector128.LoadUnsafe(ref at, (nuint)r7);

            // Rows that are four, two, one apart meet in three rounds.
            ref byte first = ref Unsafe.Add(ref to, x * Group), second = ref Unsafe.Add(ref to, (x + 8) * Group);
            Zip(Lanes.ZipLower(a, e), Lanes.ZipLower(b, f), Lanes.ZipLower(c, g), Lanes.ZipLower(d, h), ref first);
            Zip(Lanes.ZipUpper(a, e), Lanes.ZipUpper(b, f), Lanes.ZipUpper(c, g), Lanes.ZipUpper(d, h), ref second);
        }

        for (; x < length; x++)
        {
            for (int row = 0; row < Group; row++)
            {
                target[(x * Group) + row] = rows[Math.Min(row * stride, last) + x];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Zip(Vector128<byte> ae, Vector128<byte> bf, Vector128<byte> cg, Vector128<byte> dh, ref byte to)
    {
        Vector128<byte> evenLower = Lanes.ZipLower(ae, cg), oddLower = Lanes.ZipLower(bf, dh);
        Vector128<byte> evenUpper = Lanes.ZipUpper(ae, cg), oddUpper = Lanes.ZipUpper(bf, dh);
        Lanes.ZipLower(evenLower, oddLower).StoreUnsafe(ref to);
        Lanes.ZipUpper(evenLower, oddLower).StoreUnsafe(ref to, 16);
        Lanes.ZipLower(evenUpper, oddUpper).StoreUnsafe(ref to, 32);
        Lanes.ZipUpper(evenUpper, oddUpper).StoreUnsafe(ref to, 48);
    }

    /// <summary>Sums the columns of eight rows: 8 rows × channels × target columns.</summary>
    private static void SumColumns(ReadOnlySpan<byte> zipped, in RowSource source, AreaTable table, Span<float> target, int length)
    {
        int channels = source.Channels, width = length / channels, step = source.Step * Group;
        int channelStep = source.Step == 1 ? source.Width * Group : Group;
        ref byte from = ref MemoryMarshal.GetReference(zipped);
        ref float to = ref MemoryMarshal.GetReference(target);
        for (int channel = 0; channel < channels; channel++)
        {
            ref byte start = ref Unsafe.Add(ref from, channel * channelStep);
            ref float out0 = ref Unsafe.Add(ref to, channel * width);
            int x = 0;
            for (; x <= width - 4; x += 4)
            {
                Vector256<float> a = Sum(ref start, step, table, x), b = Sum(ref start, step, table, x + 1);
                Vector256<float> c = Sum(ref start, step, table, x + 2), d = Sum(ref start, step, table, x + 3);
                Transpose(a.GetLower(), b.GetLower(), c.GetLower(), d.GetLower(), ref Unsafe.Add(ref out0, x), length);
                Transpose(a.GetUpper(), b.GetUpper(), c.GetUpper(), d.GetUpper(), ref Unsafe.Add(ref out0, x + (4 * length)), length);
            }

            for (; x < width; x++)
            {
                Vector256<float> sum = Sum(ref start, step, table, x);
                for (int row = 0; row < Group; row++)
                {
                    Unsafe.Add(ref out0, x + (row * length)) = sum.GetElement(row);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Sum(ref byte start, int step, AreaTable table, int x)
    {
        ref byte at = ref Unsafe.Add(ref start, table.First[x] * step);
        Vector256<float> sum = default;
        foreach (float weight in table.Weights[table.Start[x]..table.Start[x + 1]])
        {
            sum += Lanes.ToFloats(Unsafe.ReadUnaligned<ulong>(ref at)) * Vector256.Create(weight);
            at = ref Unsafe.Add(ref at, step);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d, ref float to, int stride)
    {
        Vector128<float> acLower = Lanes.ZipLower(a, c), bdLower = Lanes.ZipLower(b, d);
        Vector128<float> acUpper = Lanes.ZipUpper(a, c), bdUpper = Lanes.ZipUpper(b, d);
        Lanes.ZipLower(acLower, bdLower).StoreUnsafe(ref to);
        Lanes.ZipUpper(acLower, bdLower).StoreUnsafe(ref to, (nuint)stride);
        Lanes.ZipLower(acUpper, bdUpper).StoreUnsafe(ref to, (nuint)(2 * stride));
        Lanes.ZipUpper(acUpper, bdUpper).StoreUnsafe(ref to, (nuint)(3 * stride));
    }

    private static void AddRows(ReadOnlySpan<float> rows, ReadOnlySpan<float> weights, Span<float> sums)
    {
        ref float from = ref MemoryMarshal.GetReference(rows);
        ref float to = ref MemoryMarshal.GetReference(sums);
        int x = 0;
        for (; x <= sums.Length - 8; x += 8)
        {
            Vector256<float> sum = Vector256.LoadUnsafe(ref to, (nuint)x);
            for (int i = 0; i < weights.Length; i++)
            {
                sum += Vector256.LoadUnsafe(ref from, (nuint)((i * sums.Length) + x)) * Vector256.Create(weights[i]);
            }

            sum.StoreUnsafe(ref to, (nuint)x);
        }

        for (; x < sums.Length; x++)
        {
            for (int i = 0; i < weights.Length; i++)
            {
                sums[x] += rows[(i * sums.Length) + x] * weights[i];
            }
        }
    }

    private static void Round(ReadOnlySpan<float> sums, Span<byte> target)
    {
        ref float from = ref MemoryMarshal.GetReference(sums);
        ref byte to = ref MemoryMarshal.GetReference(target);
        int x = 0;
        for (; x <= target.Length - 16; x += 16)
        {
            Vector256<int> lower = Lanes.Round(Vector256.LoadUnsafe(ref from, (nuint)x));
            Vector256<int> upper = Lanes.Round(Vector256.LoadUnsafe(ref from, (nuint)(x + 8)));
            Lanes.ToBytes(lower, upper).StoreUnsafe(ref to, (nuint)x);
        }

        for (; x < target.Length; x++)
        {
            target[x] = (byte)MathF.Round(sums[x]);
        }
    }
}
