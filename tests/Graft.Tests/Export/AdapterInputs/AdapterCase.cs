using Graft.Adapters;
using Graft.Detectors;
using Graft.Models;
using Graft.Models.YoloWorld;
using Graft.Runs;
using Graft.Tests.Rewriting;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Tests.Export;

/// <summary>A small base with adapter files of random values, one for each product.</summary>
internal sealed class AdapterCase : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RunConfig _config;

    /// <summary>Writes a base.</summary>
    /// <param name="model">Its network; null: a small YOLO-World.</param>
    internal AdapterCase(ModelOptions? model = null)
    {
        _config = new() { Model = model ?? RandomNetworks.Small, Train = new() { Imgsz = 64 } };
        using IDetector detector = NewBase();
        Checkpoint.Write(Base, detector, Words("base"), _config);
    }

    internal static ModelExportOptions Options { get; } = new() { AllowStandIns = true, Score = 0.05 };

    /// <summary>The base's file.</summary>
    internal string Base => _folder.At("plain.safetensors");

    /// <summary>The exported model.</summary>
    internal string Model => _folder.At("out", "base.onnx");

    internal string At(string name) => _folder.At(name);

    /// <summary>Trained class names; each product has its own.</summary>
    internal Vocabulary Words(string product, int count = 3)
    {
        string[] names = [.. Enumerable.Range(0, count).Select(i => $"{product} {i}")];
        return _config.Model.TextWidth is { } width ? Vocabulary.StandIn(names, width) : new(names, null, "none");
    }

    /// <summary>Writes an adapter file.</summary>
    /// <param name="name">The product.</param>
    /// <param name="seed">Of its values.</param>
    /// <param name="adapter">Kind and settings.</param>
    /// <param name="at">Its sites.</param>
    /// <param name="unfreeze">Weights that training changed too.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="noise">Size of its values.</param>
    internal string Adapter(string name, ulong seed, string adapter, string at = "neck", string? unfreeze = null, int classes = 3, double noise = 0.02)
    {
        string[] parts = adapter.Split(' ');
        using IDetector detector = NewBase();
        AttachedAdapters attached = Tuning.Apply(detector, _config with
        {
            Tuning = new TuningOptions
            {
                Adapters = [AdapterOptions.Parse(parts[0], parts[1..]) with { At = [at] }],
                Unfreeze = unfreeze is null ? [] : [new UnfreezeOptions { At = unfreeze }],
            },
        })!;
        TorchRuntime.Seed(seed);
        foreach (PlannedAdapter planned in attached.Adapters)
        {
            Scatter(planned.Adapter.State().Select(entry => entry.Parameter), noise);
        }

        if (unfreeze is not null)
        {
            Scatter(detector.Network.Parameters().Select(entry => entry.Parameter).Where(parameter => parameter.Value.RequiresGrad), noise);
        }

        string path = _folder.At($"{name}.safetensors");
        AdapterFile.Save(path, attached, Words(name, classes));
        return path;
    }

    /// <summary>Exports the base with adapter files as inputs.</summary>
    internal Graft.Export.ExportReport Export(ModelExportOptions? options = null, params (string Name, string Path)[] adapters)
    {
        using TrainedModel model = TrainedModel.Open(Base, []);
        return AdaptedModelExport.Run(model, adapters, Model, options ?? Options);
    }

    /// <summary>Exports an adapted model by itself, its adapters unmerged.</summary>
    internal string ExportAlone(string name, string? adapter, ModelExportOptions? options = null)
    {
        string path = _folder.At("alone", $"{name}.onnx");
        using TrainedModel model = adapter is null ? TrainedModel.Open(Base, []) : TrainedModel.OpenAdapted(Base, adapter, []);
        ModelExport.Run(model, path, (options ?? Options) with { KeepAdapters = true });
        return path;
    }

    public void Dispose() => _folder.Dispose();

    private IDetector NewBase()
    {
        TorchRuntime.Seed(3);
        IDetector detector = DetectorFactory.Create(_config.Model, Words("base"));
        if (_config.Model is YoloWorldOptions)
        {
            RandomNetworks.Shake(detector.Network);
        }

        using NoGrad off = NoGrad.Begin();
        foreach ((_, Parameter parameter) in detector.Network.State().Where(entry => entry.Name.EndsWith(".bias", StringComparison.Ordinal) && entry.Parameter.Value.Rank == 0))
        {
            // Low scores: the order of many boxes on noise would depend on rounding.
            parameter.Value.Fill(-8);
        }

        return detector;
    }

    /// <summary>Adds small values everywhere, to zeros too.</summary>
    private static void Scatter(IEnumerable<Parameter> parameters, double size)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        foreach (Parameter parameter in parameters.Where(parameter => parameter.Value.DType == DType.Float))
        {
            Tensor noise = parameter.Value.ZerosLike();
            noise.FillNormal(0, size);
            parameter.Value.CopyFrom(parameter.Value + noise);
        }

    }
}
