using System.Buffers.Binary;
using System.IO.Hashing;

namespace Graft.Torch.Images;

/// <summary>The chunks of a PNG file.</summary>
internal static class PngHeader
{
    private const int Signature = 8, Frame = 12, LongestExif = 1 << 20;

    internal static ImageFacts? Read(ImageBytes bytes)
    {
        if (!bytes.Has(Signature + 4, "IHDR"u8))
        {
            return null;
        }

        ImageFacts facts = new(bytes.Number(Signature + 8, 4, little: false), bytes.Number(Signature + 12, 4, little: false));
        for (long at = Signature; bytes.At(at, 8) is { Length: 8 } chunk;)
        {
            long length = BinaryPrimitives.ReadUInt32BigEndian(chunk);
            ReadOnlySpan<byte> kind = chunk[4..];
            if (kind.SequenceEqual("IEND"u8))
            {
                break;
            }

            // The chunk may be before or after the pixels.
            if (kind.SequenceEqual("eXIf"u8))
            {
                return length <= LongestExif && IsIntact(bytes, at, (int)length)
                    ? facts with { Orientation = TiffDirectory.OrientationOf(bytes, at + 8, length) }
                    : facts with { Damage = "eXIf: CRC error" };
            }

            at += Frame + length;
        }

        return facts;
    }

    /// <summary>Whether the checksum of a chunk matches its type and data.</summary>
    private static bool IsIntact(ImageBytes bytes, long at, int length)
    {
        long expected = bytes.Number(at + 8 + length, 4, little: false);
        return expected == Crc32.HashToUInt32(bytes.At(at + 4, 4 + length));
    }
}
