using System.IO.Compression;
using System.IO.Hashing;

namespace Graft.Files;

/// <summary>One member of a zip file, as the central directory describes it.</summary>
internal sealed unsafe class ZipMember(MappedFile file, string name, bool packed, uint crc, long packedLength, long length, long dataOffset)
{
    internal string Name => name;

    internal long Length => length;

    /// <summary>The member's bytes as a storage that is checked, and inflated if needed, when it is first read.</summary>
    /// <param name="key">Names the storage.</param>
    /// <param name="skip">Bytes before the first element.</param>
    internal StorageBytes AsStorage(string key, int skip = 0) => new(file, dataOffset, length, key, packed ? Inflate : Check, skip);

    /// <summary>The first bytes, at most <paramref name="count"/>, not checked against the CRC.</summary>
    internal ReadOnlySpan<byte> Peek(int count)
    {
        count = (int)Math.Min(count, length);
        if (!packed)
        {
            return file.Span(dataOffset, count);
        }

        byte[] bytes = new byte[count];
        using DeflateStream inflater = Inflater();
        try
        {
            return bytes.AsSpan(0, inflater.ReadAtLeast(bytes, count, throwOnEndOfStream: false));
        }
        catch (InvalidDataException error)
        {
            throw Undeflatable(error);
        }
    }

    /// <summary>The member's bytes, checked.</summary>
    /// <exception cref="GraftException">It is longer than <paramref name="longest"/>, its CRC differs, or it does not inflate as
    /// declared.</exception>
    internal ReadOnlySpan<byte> Read(long longest)
    {
        if (length > longest)
        {
            throw Bad.File(file.Path, $"member {Printable.Quoted(name)} has {length} bytes, at most {longest} are read.");
        }

        if (packed)
        {
            return Inflate();
        }

        Check();
        return file.Span(dataOffset, (int)length);
    }

    private byte[]? Check()
    {
        Crc32 checksum = new();
        for (long at = 0; at < length; at += 1 << 24)
        {
            checksum.Append(file.Span(dataOffset + at, (int)Math.Min(1 << 24, length - at)));
        }

        Require(checksum.GetCurrentHashAsUInt32());
        return null;
    }

    private byte[] Inflate()
    {
        if (length > Array.MaxLength)
        {
            throw Damaged($"packed members of {length} bytes are not supported");
        }

        byte[] bytes = new byte[length];
        using DeflateStream inflater = Inflater();
        int done, extra;
        try
        {
            done = inflater.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            extra = inflater.ReadByte();
        }
        catch (InvalidDataException error)
        {
            throw Undeflatable(error);
        }

        if (done != bytes.Length || extra >= 0)
        {
            throw Damaged(extra >= 0 ? $"it unpacks to more than the {length} bytes declared"
                : $"it unpacks to {done} bytes, {length} were declared");
        }

        Require(Crc32.HashToUInt32(bytes));
        return bytes;
    }

    private void Require(uint found)
    {
        if (found != crc)
        {
            throw Damaged($"its CRC is {found:x8}, the directory says {crc:x8}");
        }
    }

    private DeflateStream Inflater() => new(new UnmanagedMemoryStream(file.Start + dataOffset, packedLength), CompressionMode.Decompress);

    private GraftException Undeflatable(Exception error)
        => Bad.File(file.Path, $"member {Printable.Quoted(name)} cannot be unpacked: its deflate stream is damaged.", "Download the file again.",
            error);

    private GraftException Damaged(string how)
        => Bad.File(file.Path, $"member {Printable.Quoted(name)} is damaged: {how}.", "Download the file again.");
}
