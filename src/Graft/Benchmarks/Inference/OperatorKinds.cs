namespace Graft.Benchmarks;

/// <summary>The kinds of libtorch's and ONNX Runtime's operators.</summary>
internal static class OperatorKinds
{
    private const string Torch = "aten::", Linear = "QLinear", InPlace = "_";

    private static readonly Dictionary<OperatorKind, string[]> Names = new()
    {
        [OperatorKind.Convolution] = ["conv2d", "Conv", "FusedConv", "ConvInteger", "NhwcFusedConv"],
        [OperatorKind.MatrixProduct] = ["linear", "matmul", "mm", "bmm", "einsum", "MatMul", "Gemm", "FusedMatMul", "FusedGemm", "MatMulInteger", "Einsum"],
        [OperatorKind.Elementwise] =
        [
            "sigmoid", "silu", "mul", "add", "sub", "div", "relu", "gelu", "exp", "sqrt", "rsqrt", "abs", "clamp", "gt", "where", "pow", "neg",
            "Sigmoid", "HardSigmoid", "QuickGelu", "Silu", "Swish", "Mul", "Add", "Sub", "Div", "Relu", "Gelu", "FastGelu", "Erf", "Exp", "Sqrt", "Abs", "Clip",
            "Greater", "Where", "Pow", "Neg", "Max", "Min", "Sum",
        ],
        [OperatorKind.Join] = ["cat", "split", "split_with_sizes", "chunk", "narrow", "slice", "select", "stack", "Concat", "Split", "Slice"],
        [OperatorKind.Resize] = ["upsample_nearest2d", "upsample_bilinear2d", "Resize", "Upsample"],
        [OperatorKind.Pooling] =
            ["max_pool2d", "avg_pool2d", "adaptive_avg_pool2d", "adaptive_max_pool2d", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool"],
        [OperatorKind.Softmax] = ["softmax", "log_softmax", "Softmax", "LogSoftmax"],
        [OperatorKind.Layout] =
        [
            "permute", "reshape", "view", "contiguous", "to", "clone", "copy", "transpose", "flatten", "expand", "squeeze", "unsqueeze", "detach",
            "Transpose", "Reshape", "Flatten", "Expand", "Squeeze", "Unsqueeze", "Cast", "Identity", "ReorderInput", "ReorderOutput", "Shape",
        ],
        [OperatorKind.Quantization] = ["QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear"],
        [OperatorKind.Selection] =
        [
            "topk", "gather", "index_select", "max", "argmax", "amax", "sort", "TopK", "Gather", "GatherElements", "GatherND", "ReduceMax", "ArgMax",
            "NonMaxSuppression", "NonZero",
        ],
    };

    private static readonly Dictionary<string, OperatorKind> Kinds = Names.SelectMany(entry => entry.Value.Select(name => (name, entry.Key)))
        .ToDictionary(pair => pair.name, pair => pair.Key, StringComparer.Ordinal);

    /// <summary>The name without its library: <c>conv2d</c> for <c>aten::conv2d</c>.</summary>
    internal static string Plain(string name) => name.StartsWith(Torch, StringComparison.Ordinal) ? name[Torch.Length..] : name;

    /// <summary>The kind of an operator by its plain name; operators in place and those of integers are of the kind of the plain ones.</summary>
    internal static OperatorKind Of(string name)
    {
        string plain = name.StartsWith(Linear, StringComparison.Ordinal) ? name[Linear.Length..] : name.EndsWith(InPlace, StringComparison.Ordinal) ? name[..^InPlace.Length] : name;
        return Kinds.GetValueOrDefault(plain, OperatorKind.Other);
    }
}
