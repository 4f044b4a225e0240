using Graft.Export;

namespace Graft.Benchmarks;

/// <summary>A model in an engine, ready to be timed.</summary>
internal abstract class TimedModel(string name, InferEngines engine) : IDisposable
{
    /// <summary>The target that it was opened from.</summary>
    internal string Name => name;

    /// <summary>Its engine.</summary>
    internal InferEngines Engine => engine;

    /// <summary>Operations of one run, 10⁹.</summary>
    internal abstract double Gflops { get; }

    /// <summary>Side of the input in pixels.</summary>
    internal abstract int Side { get; }

    /// <summary>Whether <see cref="Detect"/> can be called.</summary>
    internal abstract bool IsDetector { get; }

    /// <summary>Agreement with its source; null where it was not exported for the measurement.</summary>
    internal virtual ExportProof? Proof => null;

    /// <summary>Runs the network once on the same input.</summary>
    internal abstract void Infer();

    /// <summary>Detects once in the same image.</summary>
    /// <param name="frame">The image.</param>
    internal abstract void Detect(Frame frame);

    /// <summary>Runs the network once and keeps the time of each operator.</summary>
    internal abstract void Profile();

    /// <summary>Times of the profiled runs after the first; ends profiling.</summary>
    internal abstract IReadOnlyList<OperatorTime> Operators();

    /// <inheritdoc/>
    public abstract void Dispose();
}
