namespace Graft.Files;

/// <summary>Arithmetic on shapes that never overflows silently.</summary>
internal static class Extent
{
    /// <summary>Product of the sizes; false when a size is negative or the product exceeds 2^62.</summary>
    internal static bool TryCount(ReadOnlySpan<long> shape, out long count)
    {
        count = 1;
        bool empty = false;
        foreach (long size in shape)
        {
            if (size < 0)
            {
                return false;
            }

            empty |= size == 0;
        }

        if (empty)
        {
            count = 0;
            return true;
        }

        foreach (long size in shape)
        {
            if (size > (1L << 62) / count)
            {
                return false;
            }

            count *= size;
        }

        return true;
    }

    /// <summary>Bytes of <paramref name="count"/> elements; false on overflow or when a sub-byte type does not end on a byte.</summary>
    internal static bool TryBytes(ElementType type, long count, out long bytes)
    {
        Int128 bits = (Int128)count * type.Bits();
        bytes = (long)(bits / 8);
        return bits % 8 == 0 && bits / 8 <= 1L << 62;
    }

    /// <summary>Index of the last element that a strided view touches, counted from its first; false on overflow.</summary>
    internal static bool TryReach(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, out long reach)
    {
        Int128 sum = 0;
        for (int i = 0; i < shape.Length; i++)
        {
            sum += (Int128)Math.Max(shape[i] - 1, 0) * strides[i];
            if (sum > 1L << 62)
            {
                reach = 0;
                return false;
            }
        }

        reach = (long)sum;
        return true;
    }

    /// <summary>Strides of a dense array, last index fastest.</summary>
    internal static long[] RowMajor(ReadOnlySpan<long> shape)
    {
        long[] strides = new long[shape.Length];
        long step = 1;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            strides[i] = step;
            step *= Math.Max(shape[i], 1);
        }

        return strides;
    }

    /// <summary>Strides of a dense array, first index fastest.</summary>
    internal static long[] ColumnMajor(ReadOnlySpan<long> shape)
    {
        long[] strides = new long[shape.Length];
        long step = 1;
        for (int i = 0; i < shape.Length; i++)
        {
            strides[i] = step;
            step *= Math.Max(shape[i], 1);
        }

        return strides;
    }

    /// <summary>Whether elements are contiguous in row-major order.</summary>
    internal static bool IsRowMajor(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides)
    {
        long step = 1;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            if (shape[i] == 0)
            {
                return true;
            }

            if (shape[i] != 1 && strides[i] != step)
            {
                return false;
            }

            step *= shape[i];
        }

        return true;
    }
}
