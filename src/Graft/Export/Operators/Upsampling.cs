namespace Graft.Export;

/// <summary>Nearest-neighbour upsampling by whole factors.</summary>
internal static class Upsampling
{
    internal static string[] Map(OperatorContext c)
    {
        if (c.Call.Inputs[2].Value is not double[] factors || factors.Any(factor => factor != Math.Round(factor)))
        {
            throw c.Unsupported("has no whole factors");
        }

        string scales = c.Graph.Constant("scales", [1, 1, (float)factors[0], (float)factors[1]], 4);
        return [c.Add(
            "Resize", [c.In(0), "", scales], ("mode", "nearest"), ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor"))];
    }
}
