using System.Security.Cryptography;

namespace Graft.Files;

/// <summary>
/// One named tensor of a <see cref="WeightFile"/>: its type and shape, and its values on demand. Valid until the file is disposed.
/// </summary>
public sealed unsafe class WeightEntry
{
    private const int ChunkBytes = 1 << 18;
    private readonly StorageBytes? _storage;
    private readonly string? _whyNoData;
    private readonly bool _bigEndian;

    internal WeightEntry(string name, ElementType type, long[] shape, long[] strides, long offset, StorageBytes? storage,
        bool bigEndian = false, string? whyNoData = null)
    {
        (Name, DType, Shape, Strides, StorageOffset, _storage, _bigEndian, _whyNoData) = (name, type, shape, strides, offset, storage,
            bigEndian, whyNoData);
        ElementCount = Extent.TryCount(shape, out long count) ? count : throw new ArgumentException("The shape overflows.", nameof(shape));
        ByteLength = Extent.TryBytes(type, count, out long bytes)
            ? bytes : throw new ArgumentException("The size overflows.", nameof(shape));
        IsContiguous = Extent.IsRowMajor(shape, strides);
    }

    /// <summary>The name in the file.</summary>
    public string Name { get; }

    /// <summary>Element type.</summary>
    public ElementType DType { get; }

    /// <summary>Sizes; none for a single number.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Strides in elements, as stored.</summary>
    public IReadOnlyList<long> Strides { get; }

    /// <summary>Offset in its storage, in elements.</summary>
    public long StorageOffset { get; }

    /// <summary>Product of <see cref="Shape"/>.</summary>
    public long ElementCount { get; }

    /// <summary>Bytes of the dense tensor.</summary>
    public long ByteLength { get; }

    /// <summary>Whether the stored elements are dense and in row-major order.</summary>
    public bool IsContiguous { get; }

    /// <summary>Key of the storage that holds it: entries with equal keys share memory.</summary>
    public string StorageKey => _storage?.Key ?? "";

    /// <summary>False when the file only describes this tensor (ONNX external data).</summary>
    public bool HasData => _storage is not null;

    /// <summary>The bytes in row-major, little-endian order without a copy, when they are stored so and number less than 2^31.</summary>
    /// <param name="bytes">The bytes; valid until the file is disposed.</param>
    public bool TryGetBytes(out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (!IsPlain || ByteLength > int.MaxValue)
        {
            return false;
        }

        (byte[]? managed, nint place) = Open();
        bytes = managed is null
            ? new ReadOnlySpan<byte>((byte*)place + FirstByte, (int)ByteLength)
            : managed.AsSpan((int)(place + FirstByte), (int)ByteLength);
        return true;
    }

    /// <summary>Copies the whole tensor, dense, row-major and little-endian.</summary>
    /// <param name="target">Buffer of <see cref="ByteLength"/> bytes.</param>
    public void CopyTo(Span<byte> target)
    {
        if (target.Length < ByteLength)
        {
            throw new ArgumentException($"{ByteLength} bytes are needed, {target.Length} were given.", nameof(target));
        }

        fixed (byte* address = target)
        {
            CopyTo((nint)address, 0, ElementCount);
        }
    }

    /// <summary>Copies a range of elements, counted in row-major order, to unmanaged memory.</summary>
    /// <param name="target">The target, large enough for all of them.</param>
    /// <param name="first">The first element.</param>
    /// <param name="count">Number of elements.</param>
    public void CopyTo(nint target, long first, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, ElementCount - first);
        if (count == 0)
        {
            return;
        }

        (byte[]? managed, nint place) = Open();
        fixed (byte* start = managed)
        {
            byte* source = (managed is null ? (byte*)place : start + place) + FirstByte;
            if (DType.Bits() < 8)
            {
                long begin = first * DType.Bits() / 8, end = ((first + count) * DType.Bits() + 7) / 8;
                Buffer.MemoryCopy(source + begin, (byte*)target, end - begin, end - begin);
            }
            else
            {
                StridedCopy.Copy(source, (byte*)target, (long[])Shape, (long[])Strides, ElementBytes, first, count);
            }
        }

        for (long at = 0, bytes = count * ElementBytes; _bigEndian && at < bytes; at += ChunkBytes)
        {
            StridedCopy.Swap(new Span<byte>((byte*)target + at, (int)Math.Min(ChunkBytes, bytes - at)), DType.SwapBytes());
        }
    }

    /// <summary>The whole tensor as dense, row-major, little-endian bytes.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[ByteLength];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>All values as singles in row-major order; complex and sub-byte types are refused.</summary>
    public float[] ToSingles() => ToNumbers<float>(ElementValues.ToSingles);

    /// <summary>All values as doubles in row-major order; complex and sub-byte types are refused.</summary>
    public double[] ToDoubles() => ToNumbers<double>(ElementValues.ToDoubles);

    /// <summary>A range of values as doubles, counted in row-major order.</summary>
    /// <param name="first">The first element.</param>
    /// <param name="count">Number of elements.</param>
    public double[] ToDoubles(long first, int count)
    {
        byte[] bytes = new byte[(long)count * ElementBytes];
        fixed (byte* address = bytes)
        {
            CopyTo((nint)address, first, count);
        }

        double[] values = new double[count];
        ElementValues.ToDoubles(DType, bytes, values);
        return values;
    }

    /// <summary>All values of an integer or Boolean tensor in row-major order.</summary>
    /// <exception cref="GraftException">The tensor holds anything else.</exception>
    public long[] ToInt64s() => ToNumbers<long>(ElementValues.ToInt64s);

    /// <summary>SHA-256 of the dense, row-major, little-endian bytes as 64 lower-case hex digits.</summary>
    public string Sha256()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        ForEachChunk(hash.AppendData);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Passes the dense bytes on in chunks of whole elements, without holding more than one chunk.</summary>
    /// <param name="use">Receives each chunk; it is valid only during the call.</param>
    public void ForEachChunk(Action<ReadOnlySpan<byte>> use)
    {
        if (TryGetBytes(out ReadOnlySpan<byte> all))
        {
            for (int at = 0; at < all.Length; at += ChunkBytes)
            {
                use(all[at..Math.Min(at + ChunkBytes, all.Length)]);
            }

            return;
        }

        int each = ChunkBytes * 8 / DType.Bits() / 8 * 8;
        byte[] buffer = new byte[(int)(Math.Min(each, ElementCount) * DType.Bits() / 8)];
        for (long first = 0; first < ElementCount; first += each)
        {
            long count = Math.Min(each, ElementCount - first);
            fixed (byte* address = buffer)
            {
                CopyTo((nint)address, first, count);
            }

            use(buffer.AsSpan(0, (int)(count * DType.Bits() / 8)));
        }
    }

    /// <summary>Releases the memory that reading the values mapped; they can be read again.</summary>
    public void Release() => _storage?.Release();

    /// <summary>Whether no value is NaN or infinite.</summary>
    public bool IsFinite()
    {
        bool finite = true;
        ForEachChunk(chunk => finite = finite && ElementValues.AllFinite(DType, chunk));
        return finite;
    }

    /// <summary>Whether another tensor has the same type, shape and bytes.</summary>
    public bool ContentEquals(WeightEntry other)
    {
        if (DType != other.DType || !Shape.SequenceEqual(other.Shape))
        {
            return false;
        }

        if (ReferenceEquals(_storage, other._storage) && StorageOffset == other.StorageOffset && Strides.SequenceEqual(other.Strides))
        {
            return true;
        }

        return Sha256() == other.Sha256();
    }

    private T[] ToNumbers<T>(ElementReader<T> read)
    {
        T[] values = new T[ElementCount];
        int done = 0;
        ForEachChunk(chunk =>
        {
            int count = chunk.Length / ElementBytes;
            read(DType, chunk, values.AsSpan(done, count));
            done += count;
        });
        return values;
    }

    /// <summary>Reads stored elements as numbers.</summary>
    private delegate void ElementReader<T>(ElementType type, ReadOnlySpan<byte> bytes, Span<T> values);

    internal WeightEntry WithName(string name)
        => new(name, DType, (long[])Shape, (long[])Strides, StorageOffset, _storage, _bigEndian, _whyNoData);

    private int ElementBytes => Math.Max(DType.Bits() / 8, 1);

    private long FirstByte => StorageOffset * DType.Bits() / 8;

    private bool IsPlain => IsContiguous && (!_bigEndian || DType.SwapBytes() == 1);

    private (byte[]? Managed, nint Place) Open()
        => _storage?.Open() ?? throw new GraftException(Failure.Model,
            $"The values of {Printable.Quoted(Name)} are not in this file: {_whyNoData}");

    /// <summary>Name, type and shape, for lists.</summary>
    public override string ToString() => $"{Printable.Name(Name)} {DType.ShortName()} {Printable.Shape((long[])Shape)}";
}
