using System.Globalization;

namespace Graft.Runtime;

/// <summary>Time of each stage of one call; the images of a batch share the time of their batch in equal parts.</summary>
/// <param name="Decode">Reading and decoding the file; zero for buffers.</param>
/// <param name="Preprocess">From pixels to the network's input.</param>
/// <param name="Inference">ONNX Runtime.</param>
/// <param name="Postprocess">From the network's output to boxes.</param>
public readonly record struct DetectionTimings(TimeSpan Decode, TimeSpan Preprocess, TimeSpan Inference, TimeSpan Postprocess)
{
    /// <summary>All stages together.</summary>
    public TimeSpan Total => Decode + Preprocess + Inference + Postprocess;

    /// <summary>Reads like "decode 3.1 ms, preprocess 1.4 ms, inference 38.0 ms, postprocess 0.2 ms".</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"decode {Decode.TotalMilliseconds:0.0} ms, preprocess {Preprocess.TotalMilliseconds:0.0} ms, inference {Inference.TotalMilliseconds:0.0} ms, postprocess {Postprocess.TotalMilliseconds:0.0} ms");
}
