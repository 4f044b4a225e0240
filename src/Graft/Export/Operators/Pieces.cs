namespace Graft.Export;

/// <summary>Parts of a tensor along an axis.</summary>
internal static class Pieces
{
    /// <summary>Equal parts.</summary>
    internal static string[] Chunk(OperatorContext c)
    {
        int axis = c.Call.Axis(2);
        return Split(c, axis, [.. c.Call.Outputs.Select((_, i) => c.Call.ResultShape(i)[axis].Fixed)]);
    }

    /// <summary>Parts of given lengths.</summary>
    internal static string[] Split(OperatorContext c) => Split(c, c.Call.Axis(2), c.Call.Integers(1));

    /// <summary>One part.</summary>
    internal static string[] Narrow(OperatorContext c)
    {
        (long start, long length) = (c.Call.Integer(2), c.Call.Integer(3));
        return [c.Add("Slice", [c.In(0), c.Graph.Integers(start), c.Graph.Integers(start + length), c.Graph.Integers(c.Call.Axis(1))])];
    }

    private static string[] Split(OperatorContext c, int axis, long[] lengths)
        => c.Graph.AddMany("Split", [c.In(0), c.Graph.Integers(lengths)], lengths.Length, ("axis", axis));
}
