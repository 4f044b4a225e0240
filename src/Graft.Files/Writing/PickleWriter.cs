using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Graft.Files;

/// <summary>Writes the operations of a pickle (protocol 2) that state dictionaries need.</summary>
internal sealed class PickleWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    internal PickleWriter() => _bytes.Write<byte>([0x80, 2]);

    /// <summary>Operations as they stand, such as <c>}(</c> for a dictionary.</summary>
    internal void Raw(ReadOnlySpan<byte> operations) => _bytes.Write(operations);

    /// <summary>A text.</summary>
    internal void Text(string text)
    {
        byte[] raw = Encoding.UTF8.GetBytes(text);
        Span<byte> head = stackalloc byte[5];
        head[0] = (byte)'X';
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], raw.Length);
        _bytes.Write(head);
        _bytes.Write(raw);
    }

    /// <summary>A whole number.</summary>
    internal void Integer(long value)
    {
        Span<byte> bytes = stackalloc byte[10];
        if (value is >= 0 and < 256)
        {
            (bytes[0], bytes[1]) = ((byte)'K', (byte)value);
            _bytes.Write(bytes[..2]);
        }
        else if (value is >= int.MinValue and <= int.MaxValue)
        {
            bytes[0] = (byte)'J';
            BinaryPrimitives.WriteInt32LittleEndian(bytes[1..], (int)value);
            _bytes.Write(bytes[..5]);
        }
        else
        {
            (bytes[0], bytes[1]) = (0x8A, 8);
            BinaryPrimitives.WriteInt64LittleEndian(bytes[2..], value);
            _bytes.Write(bytes);
        }
    }

    /// <summary>A dense tensor that fills a storage.</summary>
    /// <param name="storage">PyTorch's class of the storage, such as <c>FloatStorage</c>.</param>
    /// <param name="index">The storage's number.</param>
    /// <param name="count">Its elements.</param>
    /// <param name="shape">Sizes.</param>
    internal void Tensor(string storage, int index, long count, IReadOnlyList<long> shape)
    {
        Raw("ctorch._utils\n_rebuild_tensor_v2\n(("u8);
        Text("storage");
        Raw(Encoding.ASCII.GetBytes($"ctorch\n{storage}\n"));
        Text(index.ToString(CultureInfo.InvariantCulture));
        Text("cpu");
        Integer(count);
        Raw("tQ"u8);
        Integer(0);
        Tuple(shape);
        Tuple(Extent.RowMajor([.. shape]));
        Raw([0x89]);
        Raw("ccollections\nOrderedDict\n)RtR"u8);
    }

    /// <summary>All that was written.</summary>
    internal byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    private void Tuple(IEnumerable<long> values)
    {
        Raw("("u8);
        foreach (long value in values)
        {
            Integer(value);
        }

        Raw("t"u8);
    }
}
