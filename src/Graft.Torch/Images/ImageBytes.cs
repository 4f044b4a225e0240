using System.Buffers.Binary;

namespace Graft.Torch.Images;

/// <summary>Reads small parts of an image file at any offset, on disk or in memory.</summary>
internal sealed class ImageBytes(Stream stream)
{
    private byte[] _piece = new byte[64];

    internal long Length => stream.Length;

    /// <summary>Bytes at an offset, valid until the next call; empty when the file ends before.</summary>
    internal ReadOnlySpan<byte> At(long offset, int count)
    {
        if (offset < 0 || count < 0 || offset > Length - count)
        {
            return default;
        }

        if (_piece.Length < count)
        {
            _piece = new byte[count];
        }

        stream.Position = offset;
        stream.ReadExactly(_piece, 0, count);
        return _piece.AsSpan(0, count);
    }

    /// <summary>An unsigned number of 1, 2, 4 or 8 bytes; −1 when the file ends before or the value exceeds 63 bits.</summary>
    internal long Number(long offset, int size, bool little)
    {
        ReadOnlySpan<byte> bytes = At(offset, size);
        return bytes.Length switch
        {
            1 => bytes[0],
            2 => little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes),
            4 => little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes),
            8 => Math.Max(-1, little ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : BinaryPrimitives.ReadInt64BigEndian(bytes)),
            _ => -1,
        };
    }

    /// <summary>Whether these bytes are at an offset.</summary>
    internal bool Has(long offset, ReadOnlySpan<byte> expected) => At(offset, expected.Length).SequenceEqual(expected);
}
