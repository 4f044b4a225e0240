using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using Graft.Torch.Images;

namespace Graft.Tests.Data;

/// <summary>Builds image files with features that OpenCV does not write: orientation, depth, palette, alpha.</summary>
internal static class ImageFiles
{
    /// <summary>An image without any symmetry.</summary>
    public static Image Uneven(int width = 40, int height = 24)
    {
        Image image = new(width, height, Colour.Grey(90));
        image.Rectangle(0, 0, (width / 2) - 1, (height / 2) - 1, new Colour(20, 40, 230), -1);
        image.Rectangle(width / 2, 0, width - 1, (height / 2) - 1, new Colour(30, 220, 60), -1);
        image.Rectangle(0, height / 2, (width / 2) - 1, height - 1, new Colour(240, 50, 10), -1);
        return image;
    }

    /// <summary>A TIFF structure with the orientation as its only tag.</summary>
    public static byte[] Exif(int orientation, bool little) => little
        ? [.. "II"u8, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0]
        : [.. "MM"u8, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];

    /// <summary>A file of the format with the orientation.</summary>
    public static byte[] Turned(Image stored, string format, int orientation, bool little)
    {
        byte[] exif = Exif(orientation, little);
        switch (format)
        {
            case "jpg":
                return WithSegment(stored.Encode(".jpg", 98), exif);
            case "jpg-late":
                byte[] comment = [0xFF, 0xFE, 0xFF, 0xFF, .. new byte[0xFFFD]];
                byte[] other = [0xFF, 0xE1, 0, 12, .. "http://ns"u8, 0];
                byte[] jpeg = WithSegment(stored.Encode(".jpg", 98), exif);
                return [.. jpeg[..2], .. comment, .. comment, .. other, .. jpeg[2..]];
            case "png":
                byte[] early = stored.Encode(".png");
                return [.. early[..33], .. Chunk("eXIf", exif), .. early[33..]];
            case "png-late":
                byte[] late = stored.Encode(".png");
                return [.. late[..^12], .. Chunk("eXIf", exif), .. late[^12..]];
            case "webp":
                return Webp(stored, exif);
            case "webp-prefix":
                return Webp(stored, [.. "Exif\0\0"u8, .. exif]);
            default:
                return Tiff(stored, format == "tif16" ? 16 : 8, little, orientation);
        }
    }

    public static byte[] WithSegment(byte[] jpeg, byte[] exif)
        => [.. jpeg[..2], 0xFF, 0xE1, 0, (byte)(exif.Length + 8), .. "Exif\0\0"u8, .. exif, .. jpeg[2..]];

    /// <summary>An uncompressed RGB file; 16-bit values are 256 times those of the image, 32 bits are floats.</summary>
    public static byte[] Tiff(Image image, int bits, bool little, int orientation = 1)
    {
        using MemoryStream file = new();
        void Put(int size, long value)
        {
            for (int i = 0; i < size; i++)
            {
                file.WriteByte((byte)(value >> (8 * (little ? i : size - 1 - i))));
            }
        }

        int bytes = image.Width * image.Height * 3 * bits / 8;
        (int Tag, int Type, int Count, int Value)[] tags =
        [
            (256, 4, 1, image.Width), (257, 4, 1, image.Height), (258, 3, 3, 8), (259, 3, 1, 1), (262, 3, 1, 2), (273, 4, 1, 16),
            (274, 3, 1, orientation), (277, 3, 1, 3), (278, 4, 1, image.Height), (279, 4, 1, bytes), (339, 3, 1, bits == 32 ? 3 : 1),
        ];
        file.Write(little ? "II"u8 : "MM"u8);
        Put(2, 42);
        Put(4, 16 + bytes);
        Put(2, bits);
        Put(2, bits);
        Put(2, bits);
        Put(2, 0);
        for (int y = 0; y < image.Height; y++)
        {
            Span<byte> row = image.Row(y);
            for (int i = 0; i < row.Length; i++)
            {
                int value = row[(i / 3 * 3) + 2 - (i % 3)];
                Put(bits / 8, bits == 8 ? value : bits == 16 ? value << 8 : BitConverter.SingleToInt32Bits(value / 255f));
            }
        }

        Put(2, tags.Length);
        foreach ((int tag, int type, int count, int value) in tags)
        {
            Put(2, tag);
            Put(2, type);
            Put(4, count);
            Put(type == 3 && count == 1 ? 2 : 4, value);
            if (type == 3 && count == 1)
            {
                Put(2, 0);
            }
        }

        Put(4, 0);
        return file.ToArray();
    }

    /// <summary>A PNG file of raw rows.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="bits">Bits per value.</param>
    /// <param name="kind">0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha.</param>
    /// <param name="row">Bytes of a row.</param>
    /// <param name="before">Chunks before the pixels.</param>
    public static byte[] Png(int width, int height, int bits, int kind, Func<int, byte[]> row, params byte[][] before)
    {
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = ((byte)bits, (byte)kind);
        using MemoryStream packed = new();
        using (ZLibStream pack = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (int y = 0; y < height; y++)
            {
                pack.WriteByte(0);
                pack.Write(row(y));
            }
        }

        return
        [
            0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, .. Chunk("IHDR", header), .. before.SelectMany(chunk => chunk), .. Chunk("IDAT", packed.ToArray()),
            .. Chunk("IEND", []),
        ];
    }

    /// <summary>A grey 16-bit PNG file of one level except one brighter value.</summary>
    public static byte[] Deep(int width, int height, int level, int brightest) => Png(
        width, height, 16, 0, y => [.. Enumerable.Range(0, width).SelectMany(x => Big(x + y == 0 ? brightest : level))]);

    public static byte[] Chunk(string kind, byte[] data)
    {
        byte[] body = [.. System.Text.Encoding.ASCII.GetBytes(kind), .. data];
        return [.. Word(data.Length), .. body, .. Word((int)Crc32.HashToUInt32(body))];
    }

    private static byte[] Word(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    private static byte[] Big(int value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Webp(Image stored, byte[] exif)
    {
        byte[] plain = stored.Encode(".webp");
        byte[] extended =
        [
            .. "VP8X"u8, 10, 0, 0, 0, 8, 0, 0, 0, (byte)(stored.Width - 1), 0, 0, (byte)(stored.Height - 1), 0, 0,
        ];
        byte[] last = [.. "EXIF"u8, (byte)exif.Length, 0, 0, 0, .. exif, .. new byte[exif.Length & 1]];
        byte[] body = [.. "WEBP"u8, .. extended, .. plain[12..], .. last];
        byte[] size = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(size, body.Length);
        return [.. "RIFF"u8, .. size, .. body];
    }
}
