namespace Graft.Export;

/// <summary>GELU (arXiv:1606.08415): x·Φ(x), exact by the error function; ONNX has it as one operator from opset 20 only.</summary>
internal static class Gelu
{
    internal static string[] Map(OperatorContext c)
    {
        if (c.Call.Has(1) && c.Call.Inputs[1].Value is string kind && kind != "none")
        {
            throw c.Unsupported($"approximates by {kind}");
        }

        string x = c.In(0);
        string share = c.Add("Erf", [c.Add("Div", [x, c.Graph.Scalar(Math.Sqrt(2))])]);
        return [c.Add("Mul", [c.Add("Mul", [x, c.Add("Add", [share, c.Graph.Scalar(1)])]), c.Graph.Scalar(0.5)])];
    }
}
