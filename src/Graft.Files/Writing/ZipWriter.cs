using System.Buffers.Binary;
using System.Text;

namespace Graft.Files;

/// <summary>
/// Writes zip files of stored members to a seekable stream; sizes are known in advance, checksums are filled in afterwards.
/// </summary>
internal sealed class ZipWriter(string path, Stream stream)
{
    private const int LocalBytes = 30, Zip64Extra = 20;
    private const ushort Version = 45, Utf8Names = 0x0800;

    // 1 January 1980, the earliest date of the format, so that equal contents give equal files.
    private const ushort Date = 0x21;

    private readonly List<(byte[] Name, long Offset, long Length, uint Crc)> _members = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Adds a member.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="alignment">Alignment of its first byte.</param>
    /// <param name="write">Writes the bytes.</param>
    internal void Add(string name, long length, int alignment, Action<Stream> write)
    {
        if (!_names.Add(name) || name.Length == 0 || name[0] == '/' || name.AsSpan().ContainsAny('\\', '\0')
            || name.Split('/').Contains("..") || Encoding.UTF8.GetByteCount(name) > 4096)
        {
            throw new GraftException(
                Failure.Model, $"{path}: a zip file cannot hold a member named {Printable.Quoted(name)}, or not twice.");
        }

        byte[] raw = Encoding.UTF8.GetBytes(name);
        long offset = stream.Position;
        long dataAt = offset + LocalBytes + raw.Length + Zip64Extra;
        int padding = (int)((alignment - (dataAt % alignment)) % alignment);
        if (padding is > 0 and < 4)
        {
            padding += alignment;
        }

        byte[] header = new byte[LocalBytes + raw.Length + Zip64Extra + padding];
        WriteLocal(header, raw, length, 0, padding);
        stream.Write(header);
        CountingStream counting = new(stream);
        write(counting);
        if (counting.Count != length)
        {
            throw new InvalidOperationException($"Member {name} has {counting.Count} bytes, {length} were announced.");
        }

        long end = stream.Position;
        WriteLocal(header, raw, length, counting.Crc, padding);
        stream.Position = offset;
        stream.Write(header);
        stream.Position = end;
        _members.Add((raw, offset, length, counting.Crc));
    }

    /// <summary>Writes the directory.</summary>
    internal void Finish()
    {
        long start = stream.Position;
        foreach ((byte[] name, long offset, long length, uint crc) in _members)
        {
            const int Extra = Zip64Extra + 8;
            byte[] entry = new byte[46 + name.Length + Extra];
            Put(entry, 0, 0x02014B50u);
            Put(entry, 4, Version);
            WriteFields(entry.AsSpan(6), name, crc, Extra);
            Put(entry, 42, uint.MaxValue);
            name.CopyTo(entry, 46);
            int at = 46 + name.Length;
            WriteSizes(entry.AsSpan(at), length, Extra);
            Put(entry, at + 20, offset);
            stream.Write(entry);
        }

        WriteEnd(start, stream.Position - start);
    }

    private static void WriteLocal(byte[] header, byte[] name, long length, uint crc, int padding)
    {
        Put(header, 0, 0x04034B50u);
        WriteFields(header.AsSpan(4), name, crc, Zip64Extra + padding);
        name.CopyTo(header, LocalBytes);
        int at = LocalBytes + name.Length;
        WriteSizes(header.AsSpan(at), length, Zip64Extra);
        if (padding > 0)
        {
            // PyTorch's own padding field, "FB".
            Put(header, at + Zip64Extra, 0x4246);
            Put(header, at + Zip64Extra + 2, (ushort)(padding - 4));
        }
    }

    /// <summary>What a local header and an entry of the directory have in common: version to the length of the extra field.</summary>
    private static void WriteFields(Span<byte> fields, byte[] name, uint crc, int extra)
    {
        Put(fields, 0, Version);
        Put(fields, 2, Utf8Names);
        Put(fields, 8, Date);
        Put(fields, 10, crc);
        Put(fields, 14, uint.MaxValue);
        Put(fields, 18, uint.MaxValue);
        Put(fields, 22, (ushort)name.Length);
        Put(fields, 24, (ushort)extra);
    }

    /// <summary>The ZIP64 field: both sizes, as members are stored.</summary>
    private static void WriteSizes(Span<byte> field, long length, int bytes)
    {
        Put(field, 0, 1);
        Put(field, 2, (ushort)(bytes - 4));
        Put(field, 4, length);
        Put(field, 12, length);
    }

    private void WriteEnd(long start, long bytes)
    {
        byte[] end = new byte[56 + 20 + 22];
        Put(end, 0, 0x06064B50u);
        Put(end, 4, 44L);
        Put(end, 12, Version);
        Put(end, 14, Version);
        Put(end, 24, (long)_members.Count);
        Put(end, 32, (long)_members.Count);
        Put(end, 40, bytes);
        Put(end, 48, start);
        Put(end, 56, 0x07064B50u);
        Put(end, 64, start + bytes);
        Put(end, 72, 1u);
        Put(end, 76, 0x06054B50u);
        Put(end, 84, (ushort)Math.Min(_members.Count, ushort.MaxValue));
        Put(end, 86, (ushort)Math.Min(_members.Count, ushort.MaxValue));
        Put(end, 88, (uint)Math.Min(bytes, uint.MaxValue));
        Put(end, 92, (uint)Math.Min(start, uint.MaxValue));
        stream.Write(end);
    }

    private static void Put(Span<byte> bytes, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes[at..], value);

    private static void Put(Span<byte> bytes, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[at..], value);

    private static void Put(Span<byte> bytes, int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(bytes[at..], value);
}
