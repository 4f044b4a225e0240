namespace Graft.Export;

/// <summary>The same values in another shape or order of axes.</summary>
internal static class Shaping
{
    /// <summary>Another shape.</summary>
    internal static string[] Reshape(OperatorContext c) => ToResult(c);

    /// <summary>Several axes as one.</summary>
    internal static string[] Flatten(OperatorContext c) => ToResult(c);

    /// <summary>A new axis of length one.</summary>
    internal static string[] Unsqueeze(OperatorContext c)
    {
        long axis = c.Call.Integer(1);
        return [c.Add("Unsqueeze", [c.In(0), c.Graph.Integers(axis < 0 ? axis + c.Call.ResultShape().Length : axis)])];
    }

    /// <summary>Axes of length one repeated.</summary>
    internal static string[] Expand(OperatorContext c) => [c.Add("Expand", [c.In(0), c.Shape(c.Call.ResultShape())])];

    /// <summary>Axes in another order.</summary>
    internal static string[] Permute(OperatorContext c)
    {
        int rank = c.Call.ShapeOf(0).Length;
        return [c.Add("Transpose", [c.In(0)], ("perm", c.Call.Integers(1).Select(axis => axis < 0 ? axis + rank : axis).ToArray()))];
    }

    /// <summary>Two axes exchanged.</summary>
    internal static string[] Transpose(OperatorContext c)
    {
        (int one, int other) = (c.Call.Axis(1), c.Call.Axis(2));
        long[] order = [.. Enumerable.Range(0, c.Call.ShapeOf(0).Length).Select(axis => (long)(axis == one ? other : axis == other ? one : axis))];
        return [c.Add("Transpose", [c.In(0)], ("perm", order))];
    }

    /// <summary>The shape that the recording gave.</summary>
    internal static string[] ToResult(OperatorContext c) => [c.Reshape(c.In(0), c.Call.ShapeOf(0), c.Call.ResultShape())];
}
