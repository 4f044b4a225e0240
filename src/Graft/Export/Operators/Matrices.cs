namespace Graft.Export;

/// <summary>Matrix products.</summary>
internal static class Matrices
{
    /// <summary>a·b over the last two axes.</summary>
    internal static string[] Multiply(OperatorContext c) => [c.Add("MatMul", [c.In(0), c.In(1)])];

    /// <summary>x·Wᵀ + b over the last axis.</summary>
    internal static string[] Linear(OperatorContext c)
    {
        string product = c.Add("MatMul", [c.In(0), c.Add("Transpose", [c.In(1)], ("perm", new long[] { 1, 0 }))]);
        return [c.Call.Has(2) ? c.Add("Add", [product, c.In(2)]) : product];
    }
}
