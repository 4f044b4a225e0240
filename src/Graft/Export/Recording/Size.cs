namespace Graft.Export;

/// <summary>An integer of the network, such as the length of an axis, in each of several recordings with inputs of different sizes.</summary>
/// <param name="Values">Its value in each recording.</param>
internal sealed record Size(long[] Values)
{
    /// <summary>Whether it is the same in all recordings.</summary>
    internal bool IsFixed => Array.TrueForAll(Values, value => value == Values[0]);

    /// <summary>Its value, where it is fixed.</summary>
    internal long Fixed => IsFixed ? Values[0] : throw new InvalidOperationException("The size depends on the input.");

    /// <summary>Whether two sizes are equal in all recordings.</summary>
    internal bool Is(Size other) => Values.AsSpan().SequenceEqual(other.Values);

    public override string ToString() => IsFixed ? $"{Values[0]}" : string.Join('|', Values);
}
