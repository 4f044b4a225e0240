using System.Buffers.Binary;

namespace Graft.Torch.Images;

/// <summary>The chunks of a PNG file.</summary>
internal static class PngHeader
{
    private const int Signature = 8, Frame = 12, LongestExif = 1 << 20;
    private static readonly uint[] Remainders = MakeRemainders();

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

            // The chunk may stand before or after the pixels.
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

    /// <summary>Whether the checksum of a chunk fits its kind and its data.</summary>
    private static bool IsIntact(ImageBytes bytes, long at, int length)
    {
        long expected = bytes.Number(at + 8 + length, 4, little: false);
        uint sum = uint.MaxValue;
        foreach (byte one in bytes.At(at + 4, 4 + length))
        {
            sum = Remainders[(byte)(sum ^ one)] ^ (sum >> 8);
        }

        return expected == ~sum;
    }

    private static uint[] MakeRemainders()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint rest = i;
            for (int bit = 0; bit < 8; bit++)
            {
                rest = (rest & 1) != 0 ? 0xEDB88320u ^ (rest >> 1) : rest >> 1;
            }

            table[i] = rest;
        }

        return table;
    }
}
