using Graft.Detectors;
using Graft.Export;
using Graft.Rewriting;
using Graft.Runs;
using Graft.Torch;

namespace Graft.Benchmarks;

/// <summary>Opens what is timed: each model merged, baked and folded as far as that is exact, and exported.</summary>
internal sealed class InferModels : IDisposable
{
    private const string SizeSetting = "train.imgsz=";
    private static readonly ModelExportOptions Options = new() { AllowStandIns = true };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("graft-infer-");
    private readonly List<TimedModel> _models = [];
    private readonly InferRequest _request;
    private readonly Action<string> _progress;

    /// <summary>Opens all targets.</summary>
    /// <param name="request">What is measured.</param>
    /// <param name="progress">Receives the name of each step, and notes.</param>
    internal InferModels(InferRequest request, Action<string> progress)
    {
        (_request, _progress) = (request, progress);
        RequireEffect();
        try
        {
            foreach (string target in request.Targets)
            {
                Open(target);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>A model per target and engine.</summary>
    internal IReadOnlyList<TimedModel> All => _models;

    /// <inheritdoc/>
    public void Dispose()
    {
        _models.ForEach(model => model.Dispose());
        _folder.Delete(recursive: true);
    }

    /// <summary>The side that the settings name; null: none.</summary>
    private int? Side => _request.Settings.LastOrDefault(setting => setting.StartsWith(SizeSetting, StringComparison.Ordinal)) is { } given
        && int.TryParse(given[SizeSetting.Length..], out int side) ? side : null;

    private static bool IsConfig(string target) => Path.GetExtension(target) is ".yaml" or ".yml" || (!File.Exists(target) && !Directory.Exists(target));

    /// <summary>Refuses settings that none of the targets uses.</summary>
    private void RequireEffect()
    {
        bool onlyOnnx = _request.Targets.All(OnnxModel.IsOnnx);
        if (onlyOnnx && _request.Settings.FirstOrDefault(setting => !setting.StartsWith(SizeSetting, StringComparison.Ordinal)) is { } unused)
        {
            throw new GraftException(Failure.Usage, $"{unused} does not apply to an ONNX model, which has no configuration.", "Leave it out, or give the configuration.");
        }

        if (onlyOnnx && _request.Engines != InferEngines.Both)
        {
            throw new GraftException(Failure.Usage, "ONNX models run in ONNX Runtime only, so there is no engine to choose.", "Leave --engine out.");
        }

        if (_request.Classes is not null && !_request.Targets.Any(target => !OnnxModel.IsOnnx(target) && IsConfig(target)))
        {
            throw new GraftException(Failure.Usage, "A number of classes applies to configurations only: a trained model has its own.", "Leave --classes out.");
        }
    }

    private void Open(string target)
    {
        if (OnnxModel.IsOnnx(target))
        {
            _models.Add(new OnnxTimedModel(target, target, Side, TorchRuntime.Threads));
            return;
        }

        using TrainedModel model = IsConfig(target) ? Untrained(target) : TrainedModel.Open(target, _request.Settings);
        if (_request.Engines.HasFlag(InferEngines.Graft))
        {
            _progress($"{target}: merging, baking and folding");
            _models.Add(new TorchTimedModel(target, TrainedModel.Open(Deployed(model) ?? target, model.Detector is JoinedDetector ? _request.Settings : [])));
        }

        if (_request.Engines.HasFlag(InferEngines.Onnx))
        {
            _progress($"{target}: exporting");
            string path = NewFile(".onnx");
            ExportReport report = ModelExport.Run(model, path, Options, _progress);
            _models.Add(new OnnxTimedModel(target, path, null, TorchRuntime.Threads, report.Proof));
        }
    }

    /// <summary>A weight file of the model in its fastest form; null for a joined model, whose members were rewritten before, or not.</summary>
    private string? Deployed(TrainedModel model)
    {
        if (model.Detector is JoinedDetector)
        {
            return null;
        }

        using TensorScope scope = TensorScope.Begin();
        using Rewritten rewritten = ModelExport.Rewrite(model, Options, [], _progress);
        string path = NewFile(".safetensors");
        RewriteFiles.Save(rewritten, model, path);
        return path;
    }

    /// <summary>The network of a configuration, without its adapters, with random weights.</summary>
    private TrainedModel Untrained(string target)
    {
        string path = NewFile(".safetensors");
        BenchDetector.Write(path, ConfigFinder.Load(target, _request.Settings).Value, _request.Classes);
        return TrainedModel.Open(path, []);
    }

    private string NewFile(string ending) => Path.Combine(_folder.FullName, $"{_models.Count}-{Guid.NewGuid():n}{ending}");
}
