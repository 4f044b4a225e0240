using System.Diagnostics;
using System.Globalization;
using Graft.Runtime;

// For a program that starts often: compiled to machine code ahead of time, it measures the time from its start to the first boxes.
// DetectNative MODEL.onnx IMAGE

if (args.Length != 2)
{
    Console.Error.WriteLine("DetectNative MODEL.onnx IMAGE");
    return 2;
}

try
{
    TimeSpan before = SinceStart();
    using OnnxDetector detector = OnnxDetector.Load(args[0]);
    TimeSpan loaded = SinceStart();
    DetectionResult result = detector.Detect(args[1]);
    TimeSpan done = SinceStart();
    foreach (Detection found in result)
    {
        Console.WriteLine(found);
    }

    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"first boxes after {done.TotalMilliseconds:f0} ms: {before.TotalMilliseconds:f0} ms to start, {(loaded - before).TotalMilliseconds:f0} ms to load the model; {result.Timings}"));
    return 0;
}
catch (OnnxDetectorException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}

static TimeSpan SinceStart()
{
    using Process own = Process.GetCurrentProcess();
    return DateTime.Now - own.StartTime;
}
