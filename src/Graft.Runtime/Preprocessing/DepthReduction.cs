using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Graft.Runtime.Preprocessing;

/// <summary>Maps 16-bit values to bytes.</summary>
internal static class DepthReduction
{
    /// <summary>
    /// Maps low..high to 0..255 in 256 steps of equal width: ⌊(value − low) · 256 / (high − low + 1)⌋, clamped. With 0..2^bits − 1 this is
    /// the value divided by 2^(bits − 8), as at training.
    /// </summary>
    public static void Apply(ReadOnlySpan<ushort> values, ushort low, ushort high, Span<byte> target)
    {
        // The quotient of floats is exact enough: it is 2^-16 or more away from the next whole number, and rounds by at most 2^-17.
        float range = high - low + 1;
        int i = 0;
        if (BitConverter.IsLittleEndian)
        {
            Vector128<ushort> least = Vector128.Create(low), most = Vector128.Create(high);
            Vector128<float> divisor = Vector128.Create(range), steps = Vector128.Create(256f);
            for (; i <= values.Length - Vector128<ushort>.Count; i += Vector128<ushort>.Count)
            {
                Vector128<ushort> value = Vector128.Min(Vector128.Max(Vector128.Create(values.Slice(i, Vector128<ushort>.Count)), least), most) - least;
                (Vector128<uint> first, Vector128<uint> second) = Vector128.Widen(value);
                Vector128<int> lower = Vector128.ConvertToInt32(Vector128.ConvertToSingle(first.AsInt32()) * steps / divisor);
                Vector128<int> upper = Vector128.ConvertToInt32(Vector128.ConvertToSingle(second.AsInt32()) * steps / divisor);
                Vector128<ushort> both = Vector128.Narrow(lower.AsUInt32(), upper.AsUInt32());
                Vector128.Narrow(both, both).GetLower().CopyTo(target[i..]);
            }
        }

        for (; i < values.Length; i++)
        {
            ushort value = BitConverter.IsLittleEndian ? values[i] : BinaryPrimitives.ReverseEndianness(values[i]);
            target[i] = (byte)((Math.Clamp(value, low, high) - low) * 256 / range);
        }
    }
}
