using System.Runtime.InteropServices;

namespace Graft.Files;

/// <summary>A named tensor to write; its bytes are read while it is written, so that large models are streamed.</summary>
public sealed class WeightData
{
    private readonly Action<Action<ReadOnlySpan<byte>>> _write;

    /// <summary>A tensor whose bytes a callback provides.</summary>
    /// <param name="name">Its name in the file.</param>
    /// <param name="type">Element type.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="write">Passes on the dense, row-major, little-endian bytes in any number of chunks.</param>
    public WeightData(string name, ElementType type, IReadOnlyList<long> shape, Action<Action<ReadOnlySpan<byte>>> write)
    {
        (Name, DType, Shape, _write) = (name, type, shape, write);
        ByteLength = Extent.TryCount([.. shape], out long count) && Extent.TryBytes(type, count, out long bytes)
            ? bytes
            : throw new ArgumentException($"The shape {Printable.Shape([.. shape])} of {Printable.Quoted(name)} is not possible.", nameof(shape));
        ElementCount = count;
    }

    /// <summary>The name in the file.</summary>
    public string Name { get; }

    /// <summary>Element type.</summary>
    public ElementType DType { get; }

    /// <summary>Sizes.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Product of the sizes.</summary>
    public long ElementCount { get; }

    /// <summary>Bytes of the dense tensor.</summary>
    public long ByteLength { get; }

    /// <summary>A tensor of another file, optionally under another name.</summary>
    public static WeightData From(WeightEntry entry, string? name = null)
        => new(name ?? entry.Name, entry.DType, entry.Shape, entry.ForEachChunk);

    /// <summary>Values in row-major order.</summary>
    /// <typeparam name="T">A number type that determines the element type.</typeparam>
    public static WeightData From<T>(string name, T[] values, params long[] shape)
        where T : unmanaged
    {
        ElementType type = default(T) switch
        {
            float => ElementType.Float32,
            double => ElementType.Float64,
            Half => ElementType.Float16,
            long => ElementType.Int64,
            int => ElementType.Int32,
            short => ElementType.Int16,
            sbyte => ElementType.Int8,
            byte => ElementType.UInt8,
            ushort => ElementType.UInt16,
            uint => ElementType.UInt32,
            ulong => ElementType.UInt64,
            bool => ElementType.Boolean,
            _ => throw new ArgumentException($"{typeof(T).Name} is not an element type.", nameof(values)),
        };
        WeightData data = new(name, type, shape, use => use(MemoryMarshal.AsBytes(values.AsSpan())));
        return data.ElementCount == values.Length ? data
            : throw new ArgumentException($"{values.Length} values do not fill the shape {Printable.Shape(shape)}.", nameof(values));
    }

    /// <summary>Passes on the dense, row-major, little-endian bytes in chunks.</summary>
    public void ForEachChunk(Action<ReadOnlySpan<byte>> use) => _write(use);

    /// <summary>Writes the bytes and checks their number.</summary>
    internal void WriteTo(Stream stream)
    {
        long written = 0;
        _write(bytes =>
        {
            written += bytes.Length;
            stream.Write(bytes);
        });
        if (written != ByteLength)
        {
            throw new InvalidOperationException($"{Name} gave {written} bytes, {ByteLength} were announced.");
        }
    }
}
