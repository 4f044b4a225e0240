using Graft.Detectors;
using Graft.Torch;
using Microsoft.ML.OnnxRuntime;

namespace Graft.Export;

/// <summary>An exported model in ONNX Runtime, evaluated as the detector that it was exported from; it cannot be trained.</summary>
internal sealed class ExportedDetector : IDetector
{
    private const string Input = "images", Output = "output0";

    private readonly IDetector _source;
    private readonly InferenceSession _session;
    private readonly CalibrationTensor? _text;
    private readonly int _batch;
    private readonly bool _final;

    /// <summary>Opens a file.</summary>
    /// <param name="source">The detector that it was exported from; not owned.</param>
    /// <param name="path">The file.</param>
    /// <param name="form">The form that it was exported in.</param>
    /// <param name="text">The text, where it is an input; null: none.</param>
    /// <param name="threads">Threads of one operator; 0: as many as cores.</param>
    internal ExportedDetector(IDetector source, string path, ExportOptions form, CalibrationTensor? text, int threads)
    {
        (_source, _session, _text) = (source, OnnxSessions.Open(path, threads), text);
        (_batch, _final) = (form.DynamicBatch ? 1 : form.Size.Batch, form.Suppression || source.Network.IsEndToEnd);
    }

    /// <inheritdoc/>
    public DetectionNetwork Network => _source.Network;

    /// <inheritdoc/>
    public IReadOnlyList<string> Names => _source.Names;

    /// <inheritdoc/>
    public InputFit InputFit => _source.InputFit;

    /// <inheritdoc/>
    public Losses ComputeLoss(StageMaps input, Targets targets) => throw Untrainable();

    /// <inheritdoc/>
    public (Detection[][] Detections, Losses Losses) DetectWithLoss(Tensor images, IReadOnlyList<Fitting> fittings, PostProcessOptions options, Targets targets)
        => throw Untrainable();

    /// <inheritdoc/>
    public Detection[][] Detect(Tensor images, IReadOnlyList<Fitting> fittings, PostProcessOptions options)
    {
        List<Detection[]> all = [];
        while (all.Count < fittings.Count)
        {
            using TensorScope scope = TensorScope.Begin();
            int first = all.Count, count = Math.Min(_batch, fittings.Count - first);
            // A run takes a whole batch; the last image fills it up.
            Tensor[] batch = [.. Enumerable.Range(first, _batch).Select(i => images.Narrow(0, Math.Min(i, fittings.Count - 1), 1))];
            Tensor input = Tensor.Cat(batch, 0).Contiguous();
            CalibrationTensor given = new(Input, input.ToSingles(), input.Shape);
            OnnxSessions.Run(_session, _text is null ? [given] : [given, _text], [Output], (_, value) =>
                all.AddRange(OnnxOutput.Detections(
                    Tensor.From(value.GetTensorDataAsSpan<float>(), value.GetTensorTypeAndShape().Shape).Narrow(0, 0, count).Contiguous(),
                    [.. fittings.Skip(first).Take(count)], options, _final)));
        }

        return [.. all];
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private static NotSupportedException Untrainable() => new("An exported model has no loss.");
}
