using System.Buffers.Binary;

namespace Graft.Files;

/// <summary>Copies a strided view into dense row-major memory.</summary>
internal static unsafe class StridedCopy
{
    /// <summary>Copies elements <paramref name="first"/> to first+count of the view, counted in row-major order.</summary>
    /// <param name="source">Address of the view's first element.</param>
    /// <param name="target">Buffer for count elements.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="strides">Strides in elements.</param>
    /// <param name="elementBytes">1, 2, 4, 8 or 16.</param>
    /// <param name="first">First element to copy.</param>
    /// <param name="count">Number of elements.</param>
    internal static void Copy(byte* source, byte* target, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, int elementBytes,
        long first, long count)
    {
        // Contiguous trailing dimensions are copied as one run.
        int rank = shape.Length;
        long run = 1;
        while (rank > 0 && (shape[rank - 1] == 1 || strides[rank - 1] == run))
        {
            run *= shape[--rank];
        }

        long[] index = new long[rank];
        long row = first / run, within = first % run, position = 0;
        for (int d = rank - 1; d >= 0; d--)
        {
            index[d] = row % shape[d];
            row /= shape[d];
            position += index[d] * strides[d];
        }

        while (count > 0)
        {
            long take = Math.Min(run - within, count);
            CopyRun(source + ((position + within) * elementBytes), target, take * elementBytes, elementBytes);
            target += take * elementBytes;
            count -= take;
            within = 0;
            for (int d = rank - 1; d >= 0; d--)
            {
                position += strides[d];
                if (++index[d] < shape[d])
                {
                    break;
                }

                position -= shape[d] * strides[d];
                index[d] = 0;
            }
        }
    }

    private static void CopyRun(byte* source, byte* target, long bytes, int elementBytes)
    {
        if (bytes == elementBytes && elementBytes == 4)
        {
            *(int*)target = *(int*)source;
        }
        else
        {
            Buffer.MemoryCopy(source, target, bytes, bytes);
        }
    }

    /// <summary>Reverses the bytes of every number in place.</summary>
    internal static void Swap(Span<byte> bytes, int numberBytes)
    {
        for (int at = 0; numberBytes > 1 && at + numberBytes <= bytes.Length; at += numberBytes)
        {
            switch (numberBytes)
            {
                case 2:
                    BinaryPrimitives.WriteUInt16LittleEndian(bytes[at..], BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]));
                    break;
                case 4:
                    BinaryPrimitives.WriteUInt32LittleEndian(bytes[at..], BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]));
                    break;
                default:
                    BinaryPrimitives.WriteUInt64LittleEndian(bytes[at..], BinaryPrimitives.ReadUInt64BigEndian(bytes[at..]));
                    break;
            }
        }
    }
}
