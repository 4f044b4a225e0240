using System.Diagnostics;
using Graft.Torch;

namespace Graft.Bench;

/// <summary>Overhead of a native call: one addition of two small tensors from C#, with its result freed at once.</summary>
internal static class OperatorEntry
{
    private const double MaxMicroseconds = 1;

    internal static int Run(Settings settings)
    {
        int calls = settings.Integer("calls", 1_000_000);
        TorchRuntime.Threads = 1;
        settings.Finish();
        using NoGrad off = NoGrad.Begin();
        using Tensor a = Tensor.From([1f, 2, 3, 4]), b = Tensor.From([4f, 3, 2, 1]);
        // The best of many short runs: the cost of the call, without other load on the machine.
        double best = double.PositiveInfinity;
        const int Stretch = 2_000;
        for (int done = 0; done < calls; done += Stretch)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Stretch; i++)
            {
                using Tensor sum = a + b;
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds / Stretch);
        }

        Console.WriteLine($"{best:f2} microseconds per addition of four values, its result freed");
        return best <= MaxMicroseconds ? 0 : 1;
    }
}
