using System.Buffers.Binary;

namespace Graft.Cli.Tests;

/// <summary>TIFF files of one strip, with bright rectangles.</summary>
internal static class TiffPictures
{
    private const int Width = 96, Height = 64, Header = 8, EntryLength = 12, ShortType = 3, LongType = 4;

    /// <summary>Gray and RGB, 8 and 16 bits, both byte orders, turned.</summary>
    internal static IReadOnlyList<(string Name, byte[] File)> All { get; } =
    [
        ("gray", Write(8, 1, 1, true)), ("rgb", Write(8, 3, 1, true)), ("gray16", Write(16, 1, 1, true)), ("rgb16", Write(16, 3, 1, true)),
        ("alpha16", Write(16, 4, 1, true)), ("big-endian", Write(16, 3, 1, false)), ("inverted", Write(8, 1, 1, true, photometric: 0)),
        .. Enumerable.Range(2, 7).Select(orientation => ($"turned{orientation}", Write(orientation % 2 == 0 ? 8 : 16, 3, orientation, true))),
    ];

    private static byte[] Write(int bits, int samples, int orientation, bool little, int? photometric = null)
    {
        (int Tag, int Type, int Count, int Value)[] entries =
        [
            (256, LongType, 1, Width), (257, LongType, 1, Height), (258, ShortType, samples, 0), (259, ShortType, 1, 1), (262, ShortType, 1, photometric ?? (samples == 1 ? 1 : 2)),
            (273, LongType, 1, 0), (274, ShortType, 1, orientation), (277, ShortType, 1, samples), (278, LongType, 1, Height), (279, LongType, 1, Width * Height * samples * bits / 8),
            (284, ShortType, 1, 1), .. samples == 4 ? [(338, ShortType, 1, 0)] : Array.Empty<(int, int, int, int)>(),
        ];
        int depths = Header + 2 + (EntryLength * entries.Length) + 4, data = depths + 8;
        using MemoryStream file = new();
        file.Write(little ? "II*\0"u8 : "MM\0*"u8);
        Long(Header);
        Short(entries.Length);
        foreach ((int tag, int type, int count, int value) in entries)
        {
            Short(tag);
            Short(type);
            Long(count);
            int written = tag == 273 ? data : tag == 258 && samples <= 2 ? bits : tag == 258 ? depths : value;
            if (type == ShortType && count <= 2)
            {
                Short(written);
                Short(0);
            }
            else
            {
                Long(written);
            }
        }

        Long(0);
        for (int i = 0; i < 4; i++)
        {
            Short(bits);
        }

        for (int i = 0; i < Width * Height * samples; i++)
        {
            int x = i / samples % Width, y = i / samples / Width, sample = i % samples;
            int value = (x is > 20 and < 40 && y is > 10 and < 30) || (x + y + (17 * sample)) % 31 == 0 ? 240 - (30 * sample) : 60 + (10 * sample);
            if (bits == 8)
            {
                file.WriteByte((byte)value);
            }
            else
            {
                Short((value << 8) + x);
            }
        }

        return file.ToArray();

        void Short(int value)
        {
            byte[] two = new byte[2];
            if (little)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(two, (ushort)value);
            }
            else
            {
                BinaryPrimitives.WriteUInt16BigEndian(two, (ushort)value);
            }

            file.Write(two);
        }

        void Long(int value)
        {
            byte[] four = new byte[4];
            if (little)
            {
                BinaryPrimitives.WriteInt32LittleEndian(four, value);
            }
            else
            {
                BinaryPrimitives.WriteInt32BigEndian(four, value);
            }

            file.Write(four);
        }
    }
}
