using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Graft.Runtime.Preprocessing;

/// <summary>Interpolates between two columns and two rows in fixed point.</summary>
internal static class LinearResizer
{
    // OpenCV drops four of the eleven bits of the columns' weights before it blends rows.
    private const int Dropped = 4;

    public static void Resize(in RowSource source, int width, int height, bool area, ResizeBuffers buffers, in RowTarget target)
    {
        int length = width * source.Channels;
        LinearTable columns = buffers.LinearX, rows = buffers.LinearY;
        columns.Fill(source.Width, width, area, columns: true);
        rows.Fill(source.Height, height, area, columns: false);
        Span<byte> narrow = buffers.Narrow(source.ScratchLength(1)), mixed = buffers.Mixed(source.Step > 1 ? length : 0);
        Span<int> upper = buffers.Upper(length), lower = buffers.Lower(length);
        int upperRow = -1, lowerRow = -1;
        for (int y = 0; y < height; y++)
        {
            int near = rows.Near[y], far = rows.Far[y];
            if (near == lowerRow)
            {
                Span<int> swapped = upper;
                upper = lower;
                lower = swapped;
                upperRow = lowerRow;
                lowerRow = -1;
            }

            if (near != upperRow)
            {
                Interpolate(source, near, narrow, columns, upper);
                upperRow = near;
            }

            if (far != lowerRow && far != near)
            {
                Interpolate(source, far, narrow, columns, lower);
                lowerRow = far;
            }

            Span<byte> row = target.Begin(y);
            Blend(upper, far == near ? upper : lower, rows.NearWeight[y], rows.FarWeight[y], source.Step > 1 ? mixed : row);
            if (source.Step > 1)
            {
                ChannelSplit.Apply(mixed, 3, row);
            }

            target.End(y);
        }
    }

    /// <summary>One source row at the target's width, channels in the source's layout without a fourth one.</summary>
    private static void Interpolate(in RowSource source, int y, Span<byte> narrow, LinearTable table, Span<int> target)
    {
        ReadOnlySpan<byte> row = source.Read(y, narrow);
        if (source.Step > 1)
        {
            Pixels(row, source.Step, table, target);
            return;
        }

        int width = target.Length / source.Channels;
        for (int channel = 0; channel < source.Channels; channel++)
        {
            Values(row.Slice(channel * source.Width, source.Width), table, target.Slice(channel * width, width));
        }
    }

    private static void Values(ReadOnlySpan<byte> row, LinearTable table, Span<int> target)
    {
        ReadOnlySpan<int> nears = table.Near[..target.Length], fars = table.Far[..target.Length];
        ReadOnlySpan<int> nearWeights = table.NearWeight[..target.Length], farWeights = table.FarWeight[..target.Length];
        for (int x = 0; x < target.Length; x++)
        {
            target[x] = ((row[nears[x]] * nearWeights[x]) + (row[fars[x]] * farWeights[x])) >> Dropped;
        }
    }

    /// <summary>Three channels at a time, in vectors whose fourth value the next pixel overwrites.</summary>
    private static void Pixels(ReadOnlySpan<byte> row, int step, LinearTable table, Span<int> target)
    {
        int width = target.Length / 3, safe = width - 1;
        ReadOnlySpan<int> nears = table.Near[..width], fars = table.Far[..width];
        ReadOnlySpan<int> nearWeights = table.NearWeight[..width], farWeights = table.FarWeight[..width];

        // A vector reads four bytes, also where a pixel has three.
        while (safe > 0 && (fars[safe - 1] * step) + 4 > row.Length)
        {
            safe--;
        }

        ref byte from = ref MemoryMarshal.GetReference(row);
        ref int to = ref MemoryMarshal.GetReference(target);
        for (int x = 0; x < safe; x++)
        {
            Vector128<int> near = Four(ref Unsafe.Add(ref from, nears[x] * step)), far = Four(ref Unsafe.Add(ref from, fars[x] * step));
            (((near * nearWeights[x]) + (far * farWeights[x])) >> Dropped).StoreUnsafe(ref to, (nuint)(x * 3));
        }

        for (int i = safe * 3; i < target.Length; i++)
        {
            int x = i / 3, channel = i % 3;
            target[i] = ((row[(nears[x] * step) + channel] * nearWeights[x]) + (row[(fars[x] * step) + channel] * farWeights[x])) >> Dropped;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Four(ref byte from)
        => Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(ref from)).AsByte())).AsInt32();

    private static void Blend(ReadOnlySpan<int> upper, ReadOnlySpan<int> lower, int upperWeight, int lowerWeight, Span<byte> target)
    {
        ref int above = ref MemoryMarshal.GetReference(upper);
        ref int below = ref MemoryMarshal.GetReference(lower);
        ref byte to = ref MemoryMarshal.GetReference(target);
        int i = 0;
        for (; i <= target.Length - 16; i += 16)
        {
            Vector256<int> first = Eight(ref Unsafe.Add(ref above, i), ref Unsafe.Add(ref below, i), upperWeight, lowerWeight);
            Vector256<int> second = Eight(ref Unsafe.Add(ref above, i + 8), ref Unsafe.Add(ref below, i + 8), upperWeight, lowerWeight);
            Lanes.ToBytes(first, second).StoreUnsafe(ref to, (nuint)i);
        }

        for (; i < target.Length; i++)
        {
            target[i] = (byte)((((upper[i] * upperWeight) >> 16) + ((lower[i] * lowerWeight) >> 16) + 2) >> 2);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Eight(ref int above, ref int below, int upperWeight, int lowerWeight)
    {
        Vector256<int> first = (Vector256.LoadUnsafe(ref above) * upperWeight) >> 16;
        Vector256<int> second = (Vector256.LoadUnsafe(ref below) * lowerWeight) >> 16;
        return (first + second + Vector256.Create(2)) >> 2;
    }
}
