using Graft.Export;

namespace Graft.Benchmarks;

/// <summary>The speed of models, measured in turn.</summary>
/// <param name="ImageSize">Side of the input in pixels, of the first model.</param>
/// <param name="Threads">Threads of each engine.</param>
/// <param name="Rows">A row per model and engine, in the order of the targets.</param>
public sealed record InferResult(int ImageSize, int Threads, IReadOnlyList<InferRow> Rows);

/// <summary>One model in one engine.</summary>
/// <param name="Model">The target.</param>
/// <param name="Engine">Which engine.</param>
/// <param name="Network">The network alone: from the input tensor to boxes and scores before suppression.</param>
/// <param name="Relative">Median over the rounds of the time relative to the first row in the same round.</param>
/// <param name="WholeMilliseconds">Median time from an image in memory to its detections; null where the model is no detector.</param>
/// <param name="OverheadMilliseconds">Median over the rounds of that time less the network's in the same round; null with it.</param>
/// <param name="Operators">Time of each operator in separate, profiled runs.</param>
/// <param name="Proof">Agreement of an exported model with its source in Graft's engine; null for others.</param>
public sealed record InferRow(
    string Model, InferEngines Engine, Bench.Speed Network, double Relative, double? WholeMilliseconds, double? OverheadMilliseconds,
    IReadOnlyList<OperatorTime> Operators, ExportProof? Proof)
{
    /// <summary>Time in convolutions, with what is fused into them, in milliseconds.</summary>
    public double ConvolutionMilliseconds => Operators.Where(time => time.Kind == OperatorKind.Convolution).Sum(time => time.Milliseconds);

    /// <summary>Time of everything else, that between operators included, in milliseconds; profiling may make it slightly smaller.</summary>
    public double RestMilliseconds => Math.Max(0, Network.Milliseconds - ConvolutionMilliseconds);

    /// <summary>Time of a kind of operators, in milliseconds.</summary>
    /// <param name="kind">The kind.</param>
    public double Of(OperatorKind kind) => Operators.Where(time => time.Kind == kind).Sum(time => time.Milliseconds);
}
