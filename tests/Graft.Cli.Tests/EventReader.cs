using System.Buffers.Binary;
using Google.Protobuf;

namespace Graft.Cli.Tests;

/// <summary>Reads event files by the field numbers of TensorFlow's event.proto and summary.proto, with a checksum of its own.</summary>
internal static class EventReader
{
    /// <summary>One value of an event.</summary>
    internal sealed record Entry(long Step, string Tag, float? Scalar, (double Min, double Max, double Num, double[] Limits, double[] Counts)? Histogram, byte[]? Image);

    /// <summary>The values of a file, and the version and the step of a session's start.</summary>
    internal static (string Version, long? Start, List<Entry> Entries) Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        string version = "";
        long? start = null;
        List<Entry> entries = [];
        for (int at = 0; at < bytes.Length;)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            Assert.Equal(Masked(bytes.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 8)));
            Assert.Equal(Masked(bytes.AsSpan(at + 12, length)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 12 + length)));
            long step = 0;
            double time = 0;
            List<Entry> found = [];
            CodedInputStream input = new(bytes, at + 12, length);
            while (input.ReadTag() is > 0 and var tag)
            {
                switch (WireFormat.GetTagFieldNumber(tag))
                {
                    case 1: time = input.ReadDouble(); break;
                    case 2: step = input.ReadInt64(); break;
                    case 3: version = input.ReadString(); break;
                    case 5: found.AddRange(Summary(input.ReadBytes())); break;
                    case 7: start = Number(input.ReadBytes(), 1) == 1 ? step : start; break;
                    default: Assert.Fail($"unknown field {tag}"); break;
                }
            }

            Assert.InRange(DateTimeOffset.FromUnixTimeMilliseconds((long)(1000 * time)), DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddMinutes(1));
            entries.AddRange(found.Select(entry => entry with { Step = step }));
            at += 16 + length;
        }

        return (version, start, entries);
    }

    private static IEnumerable<Entry> Summary(ByteString bytes)
    {
        CodedInputStream input = bytes.CreateCodedInput();
        while (input.ReadTag() is > 0 and var tag)
        {
            Assert.Equal(1, WireFormat.GetTagFieldNumber(tag));
            yield return Value(input.ReadBytes());
        }
    }

    private static Entry Value(ByteString bytes)
    {
        Entry entry = new(0, "", null, null, null);
        CodedInputStream input = bytes.CreateCodedInput();
        while (input.ReadTag() is > 0 and var tag)
        {
            entry = WireFormat.GetTagFieldNumber(tag) switch
            {
                1 => entry with { Tag = input.ReadString() },
                2 => entry with { Scalar = input.ReadFloat() },
                4 => entry with { Image = Image(input.ReadBytes()) },
                5 => entry with { Histogram = Histogram(input.ReadBytes()) },
                _ => throw new InvalidDataException($"unknown field {tag}"),
            };
        }

        return entry;
    }

    private static byte[] Image(ByteString bytes)
    {
        byte[] encoded = [];
        CodedInputStream input = bytes.CreateCodedInput();
        while (input.ReadTag() is > 0 and var tag)
        {
            if (WireFormat.GetTagFieldNumber(tag) == 4)
            {
                encoded = input.ReadBytes().ToByteArray();
            }
            else
            {
                Assert.True(input.ReadInt32() > 0);
            }
        }

        return encoded;
    }

    private static (double Min, double Max, double Num, double[] Limits, double[] Counts) Histogram(ByteString bytes)
    {
        double[] numbers = new double[6], limits = [], counts = [];
        CodedInputStream input = bytes.CreateCodedInput();
        while (input.ReadTag() is > 0 and var tag)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 6: limits = Doubles(input.ReadBytes()); break;
                case 7: counts = Doubles(input.ReadBytes()); break;
                case var field: numbers[field] = input.ReadDouble(); break;
            }
        }

        return (numbers[1], numbers[2], numbers[3], limits, counts);
    }

    private static double[] Doubles(ByteString packed)
        => [.. Enumerable.Range(0, packed.Length / 8).Select(i => BinaryPrimitives.ReadDoubleLittleEndian(packed.Span[(8 * i)..]))];

    private static long Number(ByteString bytes, int field)
    {
        CodedInputStream input = bytes.CreateCodedInput();
        Assert.Equal(field, WireFormat.GetTagFieldNumber(input.ReadTag()));
        return input.ReadInt64();
    }

    /// <summary>CRC-32C bit by bit (polynomial 0x1EDC6F41, reflected), masked as TFRecord does.</summary>
    private static uint Masked(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte one in data)
        {
            crc ^= one;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
            }
        }

        crc = ~crc;
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
    }
}
