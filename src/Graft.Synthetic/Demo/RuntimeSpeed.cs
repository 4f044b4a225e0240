using Graft.Runtime;

namespace Graft.Synthetic;

/// <summary>How long <c>Graft.Runtime</c> takes for an image.</summary>
internal static class RuntimeSpeed
{
    private const int WarmUp = 3;

    /// <summary>Median milliseconds from a decoded image to its boxes.</summary>
    /// <param name="model">An ONNX file.</param>
    /// <param name="folder">Images.</param>
    internal static double Of(string model, string folder)
    {
        using OnnxDetector detector = OnnxDetector.Load(model);
        double[] times = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(image => TimeOf(detector.Detect(image).Timings)).Skip(WarmUp).Order()];
        return times[times.Length / 2];
    }

    private static double TimeOf(DetectionTimings timings) => (timings.Preprocess + timings.Inference + timings.Postprocess).TotalMilliseconds;
}
