namespace Graft.Export;

/// <summary>The one table of ATen operators and the rules that express them in ONNX.</summary>
internal static class OperatorTable
{
    private static readonly Dictionary<string, Func<OperatorContext, string[]>> Rules = new()
    {
        ["aten::adaptive_max_pool2d"] = AdaptivePooling.Map,
        ["aten::add"] = Sums.Add,
        ["aten::add_"] = Sums.Add,
        ["aten::amax"] = Reductions.Max,
        ["aten::batch_norm"] = BatchNormalization.Map,
        ["aten::batch_norm_update_stats"] = Moments.OfChannels,
        ["aten::cat"] = Joins.Map,
        ["aten::chunk"] = Pieces.Chunk,
        ["aten::clamp"] = Clamping.Map,
        ["aten::constant_pad_nd"] = Padding.Map,
        ["aten::contiguous"] = Unchanged.Map,
        ["aten::conv2d"] = Convolution.Map,
        ["aten::detach"] = Unchanged.Map,
        ["aten::div"] = Products.Divide,
        ["aten::exp"] = Elementwise.Exp,
        ["aten::expand"] = Shaping.Expand,
        ["aten::flatten"] = Shaping.Flatten,
        ["aten::gelu"] = Gelu.Map,
        ["aten::group_norm"] = GroupNormalization.Map,
        ["aten::gt"] = Comparisons.Greater,
        ["aten::layer_norm"] = LayerNormalization.Map,
        ["aten::linear"] = Matrices.Linear,
        ["aten::matmul"] = Matrices.Multiply,
        ["aten::max_pool2d"] = Pooling.Map,
        ["aten::mean"] = Reductions.Mean,
        ["aten::mul"] = Products.Multiply,
        ["aten::narrow"] = Pieces.Narrow,
        ["aten::norm"] = Reductions.Length,
        ["aten::permute"] = Shaping.Permute,
        ["aten::relu"] = Elementwise.Relu,
        ["aten::reshape"] = Shaping.Reshape,
        ["aten::rsqrt"] = Elementwise.Rsqrt,
        ["aten::rsub"] = Sums.SubtractFrom,
        ["aten::sigmoid"] = Elementwise.Sigmoid,
        ["aten::silu"] = Elementwise.Silu,
        ["aten::silu_"] = Elementwise.Silu,
        ["aten::softmax"] = Elementwise.Softmax,
        ["aten::split_with_sizes"] = Pieces.Split,
        ["aten::sqrt"] = Elementwise.Sqrt,
        ["aten::square"] = Products.Square,
        ["aten::squeeze"] = Shaping.ToResult,
        ["aten::sub"] = Sums.Subtract,
        ["aten::sum"] = Reductions.Sum,
        ["aten::to"] = Comparisons.Convert,
        ["aten::transpose"] = Shaping.Transpose,
        ["aten::unsqueeze"] = Shaping.Unsqueeze,
        ["aten::upsample_nearest2d"] = Upsampling.Map,
        ["aten::var_mean"] = Moments.OfImages,
    };

    /// <summary>Names of the operators that have a rule.</summary>
    internal static IReadOnlyCollection<string> Names => Rules.Keys;

    /// <summary>Adds the nodes of an operator.</summary>
    /// <returns>Names of its results.</returns>
    /// <exception cref="GraftException">Of kind Export: there is no rule; the message names the operator and its layer.</exception>
    internal static string[] Map(OperatorContext context) => Rules.TryGetValue(context.Call.Name, out Func<OperatorContext, string[]>? rule)
        ? rule(context)
        : throw new GraftException(
            Failure.Export, $"The layer {context.Call.Layer} runs {context.Call.Name}, for which the ONNX export has no rule.",
            "Remove the layer, or add a rule to Export/Operators/OperatorTable.cs.");
}
