using Graft.Adapters;
using Graft.Benchmarks;
using Graft.Export;
using Graft.Runs;
using Microsoft.ML.OnnxRuntime;

namespace Graft.Bench;

/// <summary>A base with adapters as ONNX files: the base and its adapter files, and each adapted model by itself, merged and unmerged.</summary>
/// <param name="folder">Where they are.</param>
/// <param name="count">Number of adapters.</param>
internal sealed class AdapterModels(string folder, int count)
{
    private const int Rank = 16;
    private const double Megabyte = 1 << 20;

    /// <summary>Where they are.</summary>
    internal string Folder => folder;

    /// <summary>Number of adapters.</summary>
    internal int Count => count;

    /// <summary>The base whose adapters are inputs.</summary>
    internal string Base => BaseOf(folder);

    /// <summary>Its adapter files.</summary>
    internal IReadOnlyList<string> AdapterFiles { get; } = [.. Enumerable.Range(0, count).Select(i => AdapterInputExport.PathOf(BaseOf(folder), $"{i}", ".onnx_adapter"))];

    /// <summary>Size of an adapter file, MiB.</summary>
    internal double AdapterMegabytes => new FileInfo(AdapterFiles[0]).Length / Megabyte;

    /// <summary>An adapted model by itself, its adapter merged.</summary>
    internal string Alone(int number) => Path.Combine(folder, "alone", $"{number}.onnx");

    /// <summary>An adapted model by itself, its adapter as it is.</summary>
    internal string Kept(int number) => Path.Combine(folder, "kept", $"{number}.onnx");

    /// <summary>Makes all files, with random weights.</summary>
    /// <param name="folder">Where they are written.</param>
    /// <param name="model">Configuration of the base.</param>
    /// <param name="count">Number of adapters, LoRA in the neck.</param>
    /// <param name="size">Side of the input.</param>
    internal static void Export(string folder, string model, int count, int size)
    {
        AdapterModels models = new(folder, count);
        string weights = Path.Combine(folder, "base.safetensors");
        BenchDetector.Write(weights, ConfigFinder.Load(model, [$"train.imgsz={size}"]).Value);
        (string Name, string Path)[] adapters = [.. Enumerable.Range(0, count).Select(i => ($"{i}", Path.Combine(folder, $"adapter-{i}.safetensors")))];
        ModelExportOptions options = new() { AllowStandIns = true };
        using (TrainedModel source = TrainedModel.Open(weights, []))
        {
            AttachedAdapters attached = Tuning.Apply(source.Detector, source.Config with
            {
                Tuning = new TuningOptions { Adapters = [new LoraOptions { Rank = Rank, Alpha = Rank, At = ["neck.**"] }] },
            })!;
            foreach ((_, string path) in adapters)
            {
                BenchDetector.WriteAdapter(path, attached, source.Vocabulary);
            }
        }

        using (TrainedModel source = TrainedModel.Open(weights, []))
        {
            AdaptedModelExport.Run(source, adapters, models.Base, options);
        }

        for (int i = 0; i < count; i++)
        {
            using TrainedModel adapted = TrainedModel.OpenAdapted(weights, adapters[i].Path, []);
            ModelExport.Run(adapted, models.Alone(i), options);
            ModelExport.Run(adapted, models.Kept(i), options with { KeepAdapters = true });
        }
    }

    /// <summary>Noise of a model's input size.</summary>
    internal static float[] Input(InferenceSession session)
    {
        long[] shape = InputShape(session);
        Random random = new(5);
        return [.. Enumerable.Range(0, (int)(shape[1] * shape[2] * shape[3])).Select(_ => random.NextSingle())];
    }

    /// <summary>The output of a model.</summary>
    internal static float[] Raw(InferenceSession session, float[] pixels, OrtLoraAdapter? adapter = null)
    {
        using RunOptions run = new();
        if (adapter is not null)
        {
            run.AddActiveLoraAdapter(adapter);
        }

        using OrtValue input = OrtValue.CreateTensorValueFromMemory(pixels, InputShape(session));
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, ["images"], [input], ["output0"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static string BaseOf(string folder) => Path.Combine(folder, "shared", "base.onnx");

    private static long[] InputShape(InferenceSession session) => [.. session.InputMetadata["images"].Dimensions.Select(size => (long)size)];
}
