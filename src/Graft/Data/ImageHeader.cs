using System.Buffers.Binary;
using Graft.Torch.Images;

namespace Graft.Data;

/// <summary>Reads the size of pictures without decoding them.</summary>
public static class ImageHeader
{
    private const int Enough = 64 * 1024;

    /// <summary>
    /// Width and height in pixels, after the turn that a JPEG's EXIF tag asks for; decodes formats other than PNG, JPEG and BMP.
    /// </summary>
    /// <exception cref="GraftException">Of kind Data: missing or no picture.</exception>
    public static (int Width, int Height) ReadSize(string path)
    {
        byte[] start;
        try
        {
            using FileStream file = File.OpenRead(path);
            start = new byte[Math.Min(Enough, file.Length)];
            file.ReadExactly(start);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GraftException(Failure.Data, $"{path}: cannot be read ({e.Message}); expected a picture.", null, e);
        }

        if (Parse(start) is { } size)
        {
            return size;
        }

        using Image image = Image.Load(path);
        return (image.Width, image.Height);
    }

    private static (int Width, int Height)? Parse(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] when bytes.Length >= 24 =>
            (BinaryPrimitives.ReadInt32BigEndian(bytes[16..]), BinaryPrimitives.ReadInt32BigEndian(bytes[20..])),
        [(byte)'B', (byte)'M', ..] when bytes.Length >= 26 && BinaryPrimitives.ReadInt32LittleEndian(bytes[14..]) >= 40 =>
            (BinaryPrimitives.ReadInt32LittleEndian(bytes[18..]), Math.Abs(BinaryPrimitives.ReadInt32LittleEndian(bytes[22..]))),
        [0xFF, 0xD8, ..] => Jpeg(bytes),
        _ => null,
    };

    private static (int Width, int Height)? Jpeg(ReadOnlySpan<byte> bytes)
    {
        bool turned = false;
        for (int at = 2; at + 9 < bytes.Length && bytes[at] == 0xFF;)
        {
            int marker = bytes[at + 1];
            if (marker == 0xFF)
            {
                at++;
                continue;
            }

            // Frame headers C0..CF hold the size, except DHT (C4), JPG (C8) and DAC (CC).
            if (marker is >= 0xC0 and <= 0xCF and not 0xC4 and not 0xC8 and not 0xCC)
            {
                int height = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 5)..]);
                int width = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 7)..]);
                return height == 0 ? null : turned ? (height, width) : (width, height);
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
            if (marker == 0xE1 && at + 2 + length <= bytes.Length)
            {
                turned |= Orientation(bytes.Slice(at + 4, Math.Max(0, length - 2))) >= 5;
            }

            at += 2 + length;
        }

        return null;
    }

    /// <summary>The EXIF orientation, 1..8; 5 and above exchange width and height. 1 when there is none.</summary>
    private static int Orientation(ReadOnlySpan<byte> segment)
    {
        const int Tag = 0x0112;
        if (segment.Length < 14 || !segment.StartsWith("Exif\0\0"u8))
        {
            return 1;
        }

        ReadOnlySpan<byte> tiff = segment[6..];
        bool little = tiff[0] == (byte)'I';
        int first = (int)Math.Min(Number(tiff[4..], 4, little), int.MaxValue / 2);
        if (first + 2 > tiff.Length)
        {
            return 1;
        }

        int entries = (int)Number(tiff[first..], 2, little);
        for (int at = first + 2; entries > 0 && at + 12 <= tiff.Length; at += 12, entries--)
        {
            if (Number(tiff[at..], 2, little) == Tag)
            {
                return (int)Number(tiff[(at + 8)..], 2, little);
            }
        }

        return 1;
    }

    private static uint Number(ReadOnlySpan<byte> bytes, int size, bool little) => (size, little) switch
    {
        (2, true) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        (2, false) => BinaryPrimitives.ReadUInt16BigEndian(bytes),
        (_, true) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        (_, false) => BinaryPrimitives.ReadUInt32BigEndian(bytes),
    };
}
