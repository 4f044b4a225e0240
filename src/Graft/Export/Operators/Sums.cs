namespace Graft.Export;

/// <summary>Sums and differences; ATen multiplies the second term by a factor.</summary>
internal static class Sums
{
    /// <summary>a + factor·b.</summary>
    internal static string[] Add(OperatorContext c) => [c.Add("Add", [c.In(0), Second(c)])];

    /// <summary>a − factor·b.</summary>
    internal static string[] Subtract(OperatorContext c) => [c.Add("Sub", [c.In(0), Second(c)])];

    /// <summary>b − a.</summary>
    internal static string[] SubtractFrom(OperatorContext c)
        => c.Call.Number(2, 1) == 1 ? [c.Add("Sub", [c.In(1), c.In(0)])] : throw c.Unsupported("has a factor");

    private static string Second(OperatorContext c)
        => c.Call.Number(2, 1) is var factor && factor == 1 ? c.In(1) : c.Add("Mul", [c.In(1), c.Graph.Scalar(factor)]);
}
