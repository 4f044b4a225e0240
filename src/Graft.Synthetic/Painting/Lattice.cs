namespace Graft.Synthetic;

/// <summary>Random numbers by integer position, so that every pixel can be computed independently.</summary>
internal static class Lattice
{
    private const ulong RowStride = 0xC2B2AE3D27D4EB4F;

    /// <summary>A number in 0..1 for one lattice point of one seed.</summary>
    public static double Hash(long x, long y, ulong seed)
        => (SplitMix64.Mix(seed + ((ulong)x * SplitMix64.Golden) + ((ulong)y * RowStride)) >> 40) * (1.0 / (1 << 24));
}
