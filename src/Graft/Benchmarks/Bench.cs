using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Training;

namespace Graft.Benchmarks;

/// <summary>Speed as a share of the machine's convolution peak, measured in the same run.</summary>
public static class Bench
{
    /// <summary>A measured speed.</summary>
    /// <param name="Milliseconds">Median time of one repetition.</param>
    /// <param name="Gflops">Work of one repetition, in 10⁹ operations.</param>
    /// <param name="Images">Images per repetition.</param>
    /// <param name="Peak">Peak of the same run, in GFLOP/s.</param>
    public sealed record Speed(double Milliseconds, double Gflops, int Images, double Peak)
    {
        /// <summary>GFLOP/s reached.</summary>
        public double Rate => Gflops / Milliseconds * 1000;

        /// <summary>Share of the peak, 0..1.</summary>
        public double Share => Rate / Peak;

        /// <summary>Images per second.</summary>
        public double ImagesPerSecond => Images / Milliseconds * 1000;
    }

    /// <summary>Peak of a large channels-last 3×3 convolution (256 to 256 channels on 80×80), in GFLOP/s: the best of many.</summary>
    public static double Peak(int repetitions = 20)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        Tensor x = Tensor.RandN(1, 256, 80, 80).To(MemoryFormat.ChannelsLast), w = Tensor.RandN(256, 256, 3, 3).To(MemoryFormat.ChannelsLast);
        double work = 2.0 * 256 * 256 * 9 * 80 * 80 / 1e9;
        return work * 1000 / Times(repetitions, () =>
        {
            using Tensor y = x.Conv2d(w, padding: 1);
        }).Min();
    }

    /// <summary>Prepares a network for timing: channels-last, in evaluation mode, without gradients.</summary>
    public static void Prepare(Module network)
    {
        ArgumentNullException.ThrowIfNull(network);
        network.To(MemoryFormat.ChannelsLast);
        network.Train(false);
        network.Freeze();
    }

    /// <summary>Median of an action's times, in milliseconds.</summary>
    internal static double MedianOf(int repetitions, Action action) => Timing.Median(Times(repetitions, action));

    private static double[] Times(int repetitions, Action action)
    {
        double[] times = new double[repetitions];
        for (int i = -3; i < repetitions; i++)
        {
            double time = Timing.Of(action);
            if (i >= 0)
            {
                times[i] = time;
            }
        }

        return times;
    }
}
