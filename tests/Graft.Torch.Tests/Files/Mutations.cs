using System.Buffers.Binary;

namespace Graft.Files.Tests;

/// <summary>Damages files at random, reproducibly: flips, cuts, repeats, moves, and boundary values.</summary>
internal sealed class Mutations(int seed, byte[][] seeds)
{
    private static readonly long[] Edges = [0, 1, -1, 2, 7, 127, 128, 255, 256, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue,
        1L << 32, 1L << 40, long.MaxValue, long.MinValue];
    private readonly Random _random = new(seed);

    /// <summary>The seed that the last damaged file was made from.</summary>
    internal int Seed { get; private set; }

    /// <summary>One of the seeds with one to eight mutations.</summary>
    internal byte[] Next()
    {
        byte[] bytes = (byte[])seeds[Seed = _random.Next(seeds.Length)].Clone();
        for (int i = _random.Next(1, 9); i > 0 && bytes.Length > 0; i--)
        {
            bytes = Damage(bytes);
        }

        return bytes;
    }

    private byte[] Damage(byte[] bytes)
    {
        int at = _random.Next(bytes.Length), count = _random.Next(1, Math.Min(64, bytes.Length - at) + 1);
        switch (_random.Next(9))
        {
            case 0: bytes[at] ^= (byte)(1 << _random.Next(8)); return bytes;
            case 1: bytes[at] = (byte)_random.Next(256); return bytes;
            case 2: return bytes[..at];
            case 3: return [.. bytes[..at], .. bytes[(at + count)..]];
            case 4: return [.. bytes[..at], .. bytes[at..(at + count)], .. bytes[at..]];
            case 5: return [.. bytes[..at], .. Noise(count), .. bytes[at..]];
            case 6: bytes.AsSpan(_random.Next(bytes.Length - count + 1), count).CopyTo(bytes.AsSpan(at)); return bytes;
            case 7: WriteEdge(bytes.AsSpan(at)); return bytes;
            default: ReplaceDigit(bytes, at); return bytes;
        }
    }

    private byte[] Noise(int count)
    {
        byte[] noise = new byte[count];
        _random.NextBytes(noise);
        return noise;
    }

    private void WriteEdge(Span<byte> target)
    {
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, Edges[_random.Next(Edges.Length)]);
        int size = 1 << _random.Next(4);
        number[..Math.Min(size, target.Length)].CopyTo(target);
    }

    private void ReplaceDigit(byte[] bytes, int from)
    {
        int at = bytes.AsSpan(from).IndexOfAnyInRange((byte)'0', (byte)'9');
        if (at >= 0)
        {
            bytes[from + at] = (byte)"0123456789-.eE]}"[_random.Next(16)];
        }
    }
}
