namespace Graft.Export;

/// <summary>Maximum of each window.</summary>
internal static class Pooling
{
    internal static string[] Map(OperatorContext c)
    {
        (long[] kernel, long[] stride, long[] padding) = (c.Call.Integers(1), c.Call.Integers(2), c.Call.Integers(3));
        return [c.Add("MaxPool", [c.In(0)], ("kernel_shape", kernel), ("strides", stride), ("pads", new[] { padding[0], padding[1], padding[0], padding[1] }))];
    }
}
