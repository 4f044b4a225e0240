using System.Diagnostics;
using Graft.Runtime;
using Graft.Runtime.Inference;
using Graft.Runtime.Models;
using Graft.Runtime.Preprocessing;
using Microsoft.ML.OnnxRuntime;

namespace Graft.Bench;

/// <summary>The time of a call of Graft.Runtime, from a camera's buffer to detections, beside plain ONNX Runtime on the prepared input.</summary>
internal static class RuntimeTiming
{
    private const int WarmUp = 5;

    /// <summary>Times both in turn, with the same options of the session.</summary>
    /// <param name="onnx">The model.</param>
    /// <param name="calls">Timed calls of each.</param>
    /// <param name="limit">Largest median difference, in milliseconds.</param>
    /// <returns>Whether the difference is within the limit.</returns>
    internal static bool Run(string onnx, int calls, double limit)
    {
        OnnxDetectorOptions options = new();
        CameraFrame frame = new(0);
        using OnnxDetector detector = OnnxDetector.Load(onnx, options);
        using OpenModel plain = OpenModel.Load(onnx, options);
        Letterbox letterbox = new(plain.Contract.Letterbox, detector.Model.InputWidth, detector.Model.InputHeight);
        FitPlan plan = letterbox.Plan(frame.View.Width, frame.View.Height);
        float[] prepared = new float[plan.Length];
        letterbox.Write(frame.View, plan, prepared, new PreprocessingBuffers());
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(prepared, [1, 3, plan.Height, plan.Width]);
        using RunOptions run = new();
        GraphShape graph = plain.Contract.Graph;
        string[] inputs = [graph.Image], outputs = [graph.Output];
        OrtValue[] values = [input];

        List<(double Plain, double Detect)> times = [];
        for (int call = 0; call < WarmUp + calls; call++)
        {
            double alone = Time(() => plain.Session.Run(run, inputs, values, outputs).Dispose()), whole = Time(() => frame.Detect(detector));
            if (call >= WarmUp)
            {
                times.Add((alone, whole));
            }
        }

        double difference = Median(times.Select(time => time.Detect - time.Plain));
        Console.WriteLine(
            $"{plan.Height}x{plan.Width}: plain ONNX Runtime {Median(times.Select(time => time.Plain)):f2} ms, Graft.Runtime from a {frame.View.Width}x{frame.View.Height} {frame.Format} buffer "
            + $"{Median(times.Select(time => time.Detect)):f2} ms; median difference {difference:+0.00;-0.00;0.00} ms, at most +{limit:f0} ms is allowed");
        return difference <= limit;
    }

    internal static double Median(IEnumerable<double> times)
    {
        double[] sorted = [.. times.Order()];
        return sorted[sorted.Length / 2];
    }

    internal static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
