using System.Diagnostics;
using Graft.Benchmarks;
using Graft.Models.YoloWorld;
using Graft.Runs;
using Graft.Runtime;

namespace Graft.Bench;

/// <summary>Graft.Runtime with one session for many threads: memory must not grow, a call must allocate its result only, and take no longer
/// than plain ONNX Runtime plus three milliseconds.</summary>
internal static class RuntimeEntry
{
    private const int SmallSide = 64, First = 1000, Blocks = 10, AllocationCalls = 1000, TimedCalls = 100;
    private const double MaxOverhead = 3;

    // Contexts and the allocator's arenas, one per thread, fill during the first fifth; then nothing may grow.
    private const int Filled = 2;
    private const double MaxGrowth = 0.03, MaxGrowthLater = 0.005;

    internal static int Run(Settings settings)
    {
        int images = settings.Integer("images", 100_000), threads = settings.Integer("threads", 16), size = settings.Integer("size", 640);
        int calls = settings.Integer("calls", TimedCalls);
        string onnx = settings.Text("onnx", ""), step = settings.Text("step", "all");
        settings.Finish();
        return step switch
        {
            "export" => Export(onnx, size),
            "steady" => Steady(onnx, images, threads),
            "time" => RuntimeTiming.Run(onnx, calls, MaxOverhead) ? 0 : 1,
            "all" => All(onnx, images, threads, size, calls),
            _ => throw new GraftException(Failure.Usage, $"step is '{step}'; export, steady, time or all was expected."),
        };
    }

    /// <summary>Each step in a process of its own: exporting needs libtorch, whose memory would hide growth.</summary>
    private static int All(string onnx, int images, int threads, int size, int calls)
    {
        using TemporaryFolder folder = new();
        string small = onnx, large = onnx;
        if (onnx.Length == 0)
        {
            (small, large) = (folder.At("small.onnx"), folder.At("large.onnx"));
            if (Steps.Run("runtime", "step=export", $"onnx={small}", $"size={SmallSide}") != 0 || Steps.Run("runtime", "step=export", $"onnx={large}", $"size={size}") != 0)
            {
                return 1;
            }
        }

        int steady = Steps.Run("runtime", "step=steady", $"onnx={small}", $"images={images}", $"threads={threads}");
        return Math.Max(steady, Steps.Run("runtime", "step=time", $"onnx={large}", $"calls={calls}"));
    }

    /// <summary>Exports a network with random weights: a tiny one for the small size, YOLO-World N for others.</summary>
    private static int Export(string path, int size)
    {
        using TemporaryFolder folder = new();
        RunConfig config = size == SmallSide
            ? new RunConfig { Model = new YoloWorldOptions { WidenFactor = 0.125, DeepenFactor = 0.33, LastStageOutChannels = 512 }, Train = new() { Imgsz = size } }
            : ConfigFinder.Load("yolo_world/v2_n", [$"train.imgsz={size}"]).Value;
        string weights = folder.At("random.safetensors");
        BenchDetector.Write(weights, config);
        using TrainedModel model = TrainedModel.Open(weights, []);
        ModelExport.Run(model, path, new ModelExportOptions { AllowStandIns = true });
        return 0;
    }

    private static int Steady(string onnx, int images, int threads)
    {
        using OnnxDetector detector = OnnxDetector.Load(onnx, new OnnxDetectorOptions { Threads = 1 });
        double score = MiddleScore(detector);
        long allocated = Allocated(detector, new DetectOptions { ScoreThreshold = score });
        Console.WriteLine($"{allocated} bytes per image allocated beyond its result, on one thread");

        List<(long Done, double Resident)> samples = [];
        int found = 0;
        Stopwatch watch = Stopwatch.StartNew();
        using (CameraThreads cameras = new(threads, frame => Interlocked.Add(ref found, frame.Detect(detector, score))))
        {
            cameras.Run(Math.Min(First, images));
            samples.Add(Sample(cameras.Done));
            long left = images - cameras.Done;
            for (int block = 0; block < Blocks && left > 0; block++)
            {
                cameras.Run((left * (block + 1) / Blocks) - (left * block / Blocks));
                samples.Add(Sample(cameras.Done));
            }
        }

        Console.WriteLine($"{samples[^1].Done} images and {found} detections on {threads} threads in {watch.Elapsed.TotalSeconds:f0} s");
        samples.ForEach(sample => Console.WriteLine($"  {sample.Done,8} {sample.Resident,10:f1} MiB"));
        bool steady = IsFlat(samples[0], samples[^1], MaxGrowth) & IsFlat(samples[Math.Min(Filled, samples.Count - 1)], samples[^1], MaxGrowthLater);
        return allocated == 0 && steady ? 0 : 1;
    }

    private static bool IsFlat((long Done, double Resident) from, (long Done, double Resident) to, double limit)
    {
        double growth = (to.Resident / from.Resident) - 1;
        Console.WriteLine($"  {100 * growth:+0.00;-0.00;0.00} % after the first {from.Done}; less than {100 * limit:g2} % is allowed");
        return growth < limit;
    }

    private static (long Done, double Resident) Sample(long done)
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return (done, ProcessMemory.ResidentMegabytes());
    }

    /// <summary>A threshold that some candidates of the frames pass, whatever the weights.</summary>
    private static double MiddleScore(OnnxDetector detector)
    {
        DetectionResult all = new CameraFrame(0).Detect(detector, new DetectOptions { ScoreThreshold = 0 });
        return all.Count == 0 ? 0 : all[Math.Min(all.Count - 1, 20)].Score;
    }

    /// <summary>Bytes of a call beyond its result, after the first calls.</summary>
    private static long Allocated(OnnxDetector detector, DetectOptions options)
    {
        CameraFrame[] frames = CameraFrame.All;
        DetectionResult[] results = new DetectionResult[AllocationCalls];
        for (int i = 0; i < 2 * frames.Length; i++)
        {
            results[0] = frames[i % frames.Length].Detect(detector, options);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < AllocationCalls; i++)
        {
            results[i] = frames[i % frames.Length].Detect(detector, options);
        }

        long calls = GC.GetAllocatedBytesForCurrentThread() - before, own = 0;
        foreach (DetectionResult result in results)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            GC.KeepAlive(new DetectionResult(result.Count == 0 ? [] : new Detection[result.Count], result.Width, result.Height, result.Timings));
            own += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        return (calls - own) / AllocationCalls;
    }
}
