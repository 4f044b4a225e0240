using System.Buffers.Binary;

namespace Graft.Runtime.Preprocessing;

/// <summary>Finds the orientation in PNG and WebP files, where Skia misses some that training applies.</summary>
internal static class ExifOrientation
{
    private const int Tag = 0x112, Short = 3, EntryLength = 12;

    /// <summary>The orientation, 1 to 8; 0 for files of another format.</summary>
    public static int Read(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith<byte>([0x89, (byte)'P', (byte)'N', (byte)'G']))
        {
            return ReadPng(file);
        }

        return file.Length > 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8) ? ReadWebp(file) : 0;
    }

    private static int ReadPng(ReadOnlySpan<byte> file)
    {
        for (long at = 8; at + 12 <= file.Length;)
        {
            ReadOnlySpan<byte> chunk = file[(int)at..];
            long length = BinaryPrimitives.ReadUInt32BigEndian(chunk);
            if (chunk[4..].StartsWith("eXIf"u8) && length <= chunk.Length - 12)
            {
                return ReadTiff(chunk.Slice(8, (int)length));
            }

            at += 12 + length;
        }

        return 1;
    }

    private static int ReadWebp(ReadOnlySpan<byte> file)
    {
        for (long at = 12; at + 8 <= file.Length;)
        {
            ReadOnlySpan<byte> chunk = file[(int)at..];
            long length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk.StartsWith("EXIF"u8) && length <= chunk.Length - 8)
            {
                return ReadTiff(chunk.Slice(8, (int)length));
            }

            at += 8 + length + (length & 1);
        }

        return 1;
    }

    private static int ReadTiff(ReadOnlySpan<byte> block)
    {
        if (block.StartsWith("Exif\0\0"u8))
        {
            block = block[6..];
        }

        bool little = block.StartsWith("II"u8);
        if (block.Length < 8 || (!little && !block.StartsWith("MM"u8)) || Number(block[2..], 2, little) != 42)
        {
            return 1;
        }

        long first = Number(block[4..], 4, little);
        if (first < 8 || first + 2 > block.Length)
        {
            return 1;
        }

        long count = Number(block[(int)first..], 2, little);
        for (long i = 0, at = first + 2; i < count && at + EntryLength <= block.Length; i++, at += EntryLength)
        {
            ReadOnlySpan<byte> entry = block.Slice((int)at, EntryLength);
            if (Number(entry, 2, little) == Tag && Number(entry[2..], 2, little) == Short)
            {
                return Number(entry[8..], 2, little) is >= 1 and <= 8 and long found ? (int)found : 1;
            }
        }

        return 1;
    }

    private static long Number(ReadOnlySpan<byte> bytes, int size, bool little) => (size, little) switch
    {
        (2, true) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        (2, false) => BinaryPrimitives.ReadUInt16BigEndian(bytes),
        (_, true) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        _ => BinaryPrimitives.ReadUInt32BigEndian(bytes),
    };
}
