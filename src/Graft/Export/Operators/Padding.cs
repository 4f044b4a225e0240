namespace Graft.Export;

/// <summary>A border of one value. ATen lists pairs from the last axis backwards, ONNX all beginnings and then all ends.</summary>
internal static class Padding
{
    internal static string[] Map(OperatorContext c)
    {
        long[] pairs = c.Call.Integers(1);
        int rank = c.Call.ShapeOf(0).Length;
        long[] pads = new long[2 * rank];
        for (int i = 0; i < pairs.Length / 2; i++)
        {
            (pads[rank - 1 - i], pads[(2 * rank) - 1 - i]) = (pairs[2 * i], pairs[(2 * i) + 1]);
        }

        return [pairs.All(pad => pad == 0) ? c.In(0) : c.Add("Pad", [c.In(0), c.Graph.Integers(pads), c.Graph.Scalar(c.Call.Number(2))])];
    }
}
