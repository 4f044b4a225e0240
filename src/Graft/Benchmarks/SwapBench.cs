using Graft.Adapters;
using Graft.Detectors;
using Graft.Rewriting;
using Graft.Runs;
using Graft.Torch;

namespace Graft.Benchmarks;

/// <summary>Measures many adapters on one base: file size, time of a switch, and whether each gives the same outputs as alone on the base.</summary>
public static class SwapBench
{
    private const int Alone = 2, Rounds = 3;

    /// <summary>The measurements.</summary>
    /// <param name="Adapters">Number of adapter files.</param>
    /// <param name="BaseMegabytes">The base's weights in memory, MiB.</param>
    /// <param name="FileMegabytes">One adapter file, MiB.</param>
    /// <param name="SwapMilliseconds">Median time of a switch from one adapter to the next.</param>
    /// <param name="InferMilliseconds">Median time of one image with an active adapter.</param>
    /// <param name="Equal">Whether the outputs of adapters used in turn equal those of networks with one adapter bit for bit.</param>
    public sealed record Result(
        int Adapters, double BaseMegabytes, double FileMegabytes, double SwapMilliseconds, double InferMilliseconds, bool Equal);

    /// <summary>Creates a base and adapter files with random weights, and measures.</summary>
    /// <param name="config">Its network and its <c>tuning:</c>.</param>
    /// <param name="classes">Number of classes; null: that of the configuration where classes are fixed, six where text is read.</param>
    /// <param name="count">Number of adapters.</param>
    /// <param name="repetitions">Timed images.</param>
    /// <exception cref="GraftException">Of kind Usage: the configuration attaches no adapters.</exception>
    public static Result Run(RunConfig config, int? classes, int count, int repetitions)
    {
        ArgumentNullException.ThrowIfNull(config);
        string folder = Directory.CreateTempSubdirectory("graft-swap").FullName;
        try
        {
            using TensorScope scope = TensorScope.Begin();
            using NoGrad off = NoGrad.Begin();
            using IDetector plain = Create(config, classes), single = Create(config, classes);
            Tensor image = Tensor.Rand(1, 3, config.Train.Imgsz, config.Train.Imgsz).To(MemoryFormat.ChannelsLast);
            List<Tensor[]> alone = Write(single, config, BenchDetector.VocabularyOf(config, classes), image, count, folder);
            Bench.Prepare(plain.Network);
            return Measure(plain, image, count, folder, alone, repetitions);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The same random weights at each call.</summary>
    private static IDetector Create(RunConfig config, int? classes)
    {
        TorchRuntime.Seed(0);
        return BenchDetector.Create(config, classes);
    }

    /// <summary>Writes the files; returns the outputs of a network with one adapter, for the first of them.</summary>
    private static List<Tensor[]> Write(IDetector single, RunConfig config, Vocabulary vocabulary, Tensor image, int count, string folder)
    {
        AttachedAdapters attached = Tuning.Apply(single, config) is { Adapters.Count: > 0 } found ? found
            : throw new GraftException(Failure.Usage, "This configuration attaches no adapter.", "Give one with tuning.adapters, such as configs/adapter/phase2_dense_lora_v1.yaml.");
        Bench.Prepare(single.Network);
        List<Tensor[]> alone = [];
        for (int i = 0; i < count; i++)
        {
            BenchDetector.WriteAdapter(FileOf(folder, i), attached, vocabulary);
            if (i < Alone)
            {
                alone.Add(Predict(single, image));
            }
        }

        return alone;
    }

    private static Result Measure(IDetector plain, Tensor image, int count, string folder, List<Tensor[]> alone, int repetitions)
    {
        using AdapterSet set = new(plain.Network);
        for (int i = 0; i < count; i++)
        {
            set.Load($"{i}", FileOf(folder, i));
        }

        bool equal = true;
        for (int round = 0; round < Rounds * alone.Count; round++)
        {
            using TensorScope scope = TensorScope.Begin();
            int which = round % alone.Count;
            set.Use($"{which}");
            equal &= Predict(plain, image).Zip(alone[which]).All(pair => pair.First.ToDoubles().SequenceEqual(pair.Second.ToDoubles()));
        }

        double infer = Bench.MedianOf(repetitions, () =>
        {
            using TensorScope scope = TensorScope.Begin();
            Predict(plain, image);
        });
        int next = 0;
        double swap = Bench.MedianOf(Math.Max(repetitions, 2 * count), () => set.Use($"{next++ % count}"));
        return new Result(
            count, plain.Network.Parameters().Sum(entry => (double)entry.Parameter.Value.Count) * sizeof(float) / (1 << 20),
            new FileInfo(FileOf(folder, 0)).Length / (double)(1 << 20), swap, infer, equal);
    }

    private static Tensor[] Predict(IDetector detector, Tensor image)
    {
        RawDetections raw = Subject.Of(detector).Forward(image);
        return [.. raw.Logits, .. raw.Distributions];
    }

    private static string FileOf(string folder, int number) => Path.Combine(folder, $"{number}.safetensors");
}
