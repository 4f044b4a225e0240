namespace Graft.Export;

/// <summary>Functions of one tensor, element by element, and softmax.</summary>
internal static class Elementwise
{
    /// <summary>1/(1 + e⁻ˣ).</summary>
    internal static string[] Sigmoid(OperatorContext c) => [c.Add("Sigmoid", [c.In(0)])];

    /// <summary>x·sigmoid(x), as the two nodes that ONNX Runtime fuses.</summary>
    internal static string[] Silu(OperatorContext c)
    {
        string x = c.In(0);
        return [c.Add("Mul", [x, c.Add("Sigmoid", [x])])];
    }

    /// <summary>max(x, 0).</summary>
    internal static string[] Relu(OperatorContext c) => [c.Add("Relu", [c.In(0)])];

    /// <summary>eˣ.</summary>
    internal static string[] Exp(OperatorContext c) => [c.Add("Exp", [c.In(0)])];

    /// <summary>√x.</summary>
    internal static string[] Sqrt(OperatorContext c) => [c.Add("Sqrt", [c.In(0)])];

    /// <summary>1/√x.</summary>
    internal static string[] Rsqrt(OperatorContext c) => [c.Add("Reciprocal", [c.Add("Sqrt", [c.In(0)])])];

    /// <summary>Shares along an axis that sum to one.</summary>
    internal static string[] Softmax(OperatorContext c) => [c.Add("Softmax", [c.In(0)], ("axis", c.Call.Axis(1)))];
}
