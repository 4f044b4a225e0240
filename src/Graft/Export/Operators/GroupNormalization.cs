namespace Graft.Export;

/// <summary>Normalisation over groups of channels, as instance normalisation of the groups: ONNX has it as one operator from opset 18
/// only.</summary>
internal static class GroupNormalization
{
    internal static string[] Map(OperatorContext c)
    {
        Size[] shape = c.Call.ShapeOf(0);
        long groups = c.Call.Integer(1), channels = shape[1].Fixed;
        string x = c.In(0), rows = c.Add("Reshape", [x, c.Graph.Integers(0, groups, -1)]);
        string normed = c.Add(
            "InstanceNormalization",
            [rows, c.Graph.Constant("ones", [.. Enumerable.Repeat(1f, (int)groups)], groups), c.Graph.Constant("zeros", new float[groups], groups)],
            ("epsilon", c.Call.Number(4)));
        string y = c.Add("Reshape", [normed, c.Add("Shape", [x])]);
        y = c.Call.Has(2) ? c.Add("Mul", [y, PerChannel(c, 2, channels)]) : y;
        return [c.Call.Has(3) ? c.Add("Add", [y, PerChannel(c, 3, channels)]) : y];
    }

    private static string PerChannel(OperatorContext c, int argument, long channels)
        => c.Graph.Constant($"{c.Call.Layer}.per_channel", c.Call.Constant(argument)!.ToSingles(), 1, channels, 1, 1);
}
