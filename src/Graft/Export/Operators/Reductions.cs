namespace Graft.Export;

/// <summary>Reductions along axes.</summary>
internal static class Reductions
{
    /// <summary>Largest element.</summary>
    internal static string[] Max(OperatorContext c) => ByAttribute(c, "ReduceMax", 1);

    /// <summary>Mean.</summary>
    internal static string[] Mean(OperatorContext c) => ByAttribute(c, "ReduceMean", 1);

    /// <summary>Sum; its axes are an input since opset 13.</summary>
    internal static string[] Sum(OperatorContext c)
        => [c.Add("ReduceSum", [c.In(0), c.Graph.Integers(Axes(c, 1))], ("keepdims", c.Call.Flag(2) ? 1 : 0))];

    /// <summary>Square root of the sum of squares.</summary>
    internal static string[] Length(OperatorContext c) => c.Call.Number(1) == 2
        ? ByAttribute(c, "ReduceL2", 2)
        : throw c.Unsupported($"has the power {c.Call.Number(1)}");

    private static string[] ByAttribute(OperatorContext c, string operation, int axes)
        => [c.Add(operation, [c.In(0)], ("axes", Axes(c, axes)), ("keepdims", c.Call.Flag(axes + 1) ? 1 : 0))];

    private static long[] Axes(OperatorContext c, int argument)
    {
        int rank = c.Call.ShapeOf(0).Length;
        return [.. c.Call.Integers(argument).Select(axis => axis < 0 ? axis + rank : axis)];
    }
}
