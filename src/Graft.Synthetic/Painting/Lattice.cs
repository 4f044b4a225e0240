using System.Numerics;
using System.Runtime.CompilerServices;

namespace Graft.Synthetic;

/// <summary>Random numbers by integer position, so that every pixel can be computed independently.</summary>
internal static class Lattice
{
    private const ulong RowStride = 0xC2B2AE3D27D4EB4F;
    private const int UnusedBits = 40;
    private const double Unit = 1.0 / (1 << 24);

    /// <summary>Adding it to a whole number of less than 51 bits leaves that number in the low bits of the sum.</summary>
    private const double Whole = 6755399441055744.0;

    /// <summary>A number in 0..1 for one lattice point of one seed.</summary>
    public static double Hash(long x, long y, ulong seed)
        => (SplitMix64.Mix(seed + ((ulong)x * SplitMix64.Golden) + ((ulong)y * RowStride)) >> UnusedBits) * Unit;

    /// <summary>Lattice points as 64-bit keys of one seed; x and y are whole numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<ulong> Keys(Vector<double> x, Vector<double> y, ulong seed)
        => new Vector<ulong>(seed) + (Integers(x) * new Vector<ulong>(SplitMix64.Golden)) + (Integers(y) * new Vector<ulong>(RowStride));

    /// <summary>The keys of the points to the right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<ulong> Right(Vector<ulong> keys) => keys + new Vector<ulong>(SplitMix64.Golden);

    /// <summary>The keys of the points below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<ulong> Below(Vector<ulong> keys) => keys + new Vector<ulong>(RowStride);

    /// <summary>A number in 0..1 for each key; the same as <see cref="Hash"/> of its point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> At(Vector<ulong> keys) => Scaled(Bits(keys));

    /// <summary>The 24 random bits of each key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<ulong> Bits(Vector<ulong> keys)
    {
        keys = (keys ^ (keys >>> 30)) * new Vector<ulong>(0xBF58476D1CE4E5B9);
        keys = (keys ^ (keys >>> 27)) * new Vector<ulong>(0x94D049BB133111EB);
        return (keys ^ (keys >>> 31)) >>> UnusedBits;
    }

    /// <summary>Random bits as numbers, 2^24 as 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Scaled(Vector<ulong> bits) => Vector.ConvertToDouble(Vector.AsVectorInt64(bits)) * new Vector<double>(Unit);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<ulong> Integers(Vector<double> whole)
        => Vector.AsVectorUInt64(whole + new Vector<double>(Whole)) - new Vector<ulong>(BitConverter.DoubleToUInt64Bits(Whole));
}
