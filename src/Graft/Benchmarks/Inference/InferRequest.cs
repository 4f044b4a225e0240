namespace Graft.Benchmarks;

/// <summary>The engines that run a network.</summary>
[Flags]
public enum InferEngines
{
    /// <summary>Graft's engine, on libtorch.</summary>
    Graft = 1,

    /// <summary>ONNX Runtime, with the network exported.</summary>
    Onnx = 2,

    /// <summary>Both in turn.</summary>
    Both = Graft | Onnx,
}

/// <summary>What is measured.</summary>
/// <param name="Targets">Configurations, run folders, weight files, ONNX files.</param>
public sealed record InferRequest(IReadOnlyList<string> Targets)
{
    /// <summary>Settings to change in each configuration, as <c>key=value</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Number of classes for configurations; null: that of the configuration where classes are fixed, six where text is read.</summary>
    public int? Classes { get; init; }

    /// <summary>Timed runs of each model; the median counts.</summary>
    public int Repetitions { get; init; } = 20;

    /// <summary>Engines for everything that is not an ONNX file.</summary>
    public InferEngines Engines { get; init; } = InferEngines.Both;
}
