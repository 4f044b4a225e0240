using System.Diagnostics;
using Graft.Tests.Runs;
using Graft.Torch;

namespace Graft.Bench;

/// <summary>Ten thousand predictions and two thousand training steps in one process: memory must not grow after the first
/// hundred.</summary>
internal static class MemoryEntry
{
    private const int First = 100;
    private const double MaxGrowth = 0.01;

    internal static int Run(Settings settings)
    {
        int predictions = settings.Integer("predictions", 10_000), steps = settings.Integer("steps", 2_000);
        TorchRuntime.Threads = settings.Integer("threads", 1);
        settings.Finish();
        using TemporaryFolder folder = new();
        SteadyWork work = new(folder.Path);
        long before = Tensor.Live;
        bool steady = Report("predictions", Timed(() => work.Predict(predictions, First)))
            & Report("training steps", Timed(() => work.Train(steps, First / SteadyWork.StepsPerEpoch)));
        long left = Tensor.Live - before;
        Console.WriteLine(left == 0 ? "no tensor survived its scope" : $"{left} tensors survived their scopes");
        return steady && left == 0 ? 0 : 1;
    }

    private static (IReadOnlyList<MemorySample> Samples, TimeSpan Time) Timed(Func<IReadOnlyList<MemorySample>> work)
    {
        Stopwatch watch = Stopwatch.StartNew();
        return (work(), watch.Elapsed);
    }

    private static bool Report(string what, (IReadOnlyList<MemorySample> Samples, TimeSpan Time) found)
    {
        MemorySample first = found.Samples[0], last = found.Samples[^1];
        double growth = (last.Resident / first.Resident) - 1;
        Console.WriteLine($"{last.Done} {what} in {found.Time.TotalSeconds:f0} s");
        for (int i = 0; i < found.Samples.Count; i += Math.Max(1, found.Samples.Count / 10))
        {
            Console.WriteLine($"  {found.Samples[i].Done,8} {found.Samples[i].Resident,10:f1} MiB {found.Samples[i].Tensors,8} tensors");
        }

        Console.WriteLine($"  {last.Done,8} {last.Resident,10:f1} MiB {last.Tensors,8} tensors: {100 * growth:+0.00;-0.00;0.00} %, {last.Tensors - first.Tensors:+0;-0;0} tensors");
        return growth < MaxGrowth && last.Tensors == first.Tensors;
    }
}
