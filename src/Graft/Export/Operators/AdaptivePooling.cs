namespace Graft.Export;

/// <summary>Maximum of each of the cells that cover a map; cells of a map that does not divide evenly overlap, so each is cut out.</summary>
internal static class AdaptivePooling
{
    internal static string[] Map(OperatorContext c)
    {
        Size[] shape = c.Call.ShapeOf(0);
        long[] cells = c.Call.Integers(1);
        if (!shape[2].IsFixed || !shape[3].IsFixed)
        {
            throw c.Unsupported("divides a map of any size into cells");
        }

        string rows = Along(c, c.In(0), 2, shape[2].Fixed, cells[0]);
        return [Along(c, rows, 3, shape[3].Fixed, cells[1])];
    }

    private static string Along(OperatorContext c, string value, int axis, long length, long cells)
    {
        string[] parts = [.. Enumerable.Range(0, (int)cells).Select(cell =>
        {
            long start = cell * length / cells, end = ((cell + 1) * length + cells - 1) / cells;
            string part = c.Add("Slice", [value, c.Graph.Integers(start), c.Graph.Integers(end), c.Graph.Integers(axis)]);
            return c.Add("ReduceMax", [part], ("axes", new long[] { axis }), ("keepdims", 1));
        })];
        return c.Add("Concat", parts, ("axis", axis));
    }
}
