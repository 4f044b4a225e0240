namespace Graft.Export;

/// <summary>2-D convolution; its weight may be a constant or computed.</summary>
internal static class Convolution
{
    internal static string[] Map(OperatorContext c)
    {
        (long[] stride, long[] padding, long[] dilation) = (c.Call.Integers(3), c.Call.Integers(4), c.Call.Integers(5));
        string[] inputs = c.Call.Has(2) ? [c.In(0), c.In(1), c.In(2)] : [c.In(0), c.In(1)];
        long[] kernel = [.. c.Call.ShapeOf(1)[2..].Select(size => size.Fixed)];
        return [c.Add(
            "Conv", inputs, ("kernel_shape", kernel), ("strides", stride), ("pads", new[] { padding[0], padding[1], padding[0], padding[1] }),
            ("dilations", dilation), ("group", c.Call.Integer(6, 1)))];
    }
}
