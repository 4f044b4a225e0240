using Graft.Torch;
using Onnx;

namespace Graft.Export;

/// <summary>Comparisons give Booleans, which are converted to numbers.</summary>
internal static class Comparisons
{
    /// <summary>a &gt; b.</summary>
    internal static string[] Greater(OperatorContext c) => [c.Add("Greater", [c.In(0), c.In(1)])];

    /// <summary>To float32.</summary>
    internal static string[] Convert(OperatorContext c) => c.Call.Integer(1, -1) == (long)DType.Float
        ? [c.Add("Cast", [c.In(0)], ("to", (int)TensorProto.Types.DataType.Float))]
        : throw c.Unsupported("converts to another type than float32");
}
