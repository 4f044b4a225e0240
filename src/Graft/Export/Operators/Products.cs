namespace Graft.Export;

/// <summary>Products and quotients, element by element.</summary>
internal static class Products
{
    /// <summary>a·b.</summary>
    internal static string[] Multiply(OperatorContext c) => [c.Add("Mul", [c.In(0), c.In(1)])];

    /// <summary>a/b.</summary>
    internal static string[] Divide(OperatorContext c) => [c.Add("Div", [c.In(0), c.In(1)])];

    /// <summary>a².</summary>
    internal static string[] Square(OperatorContext c) => [c.Add("Mul", [c.In(0), c.In(0)])];
}
