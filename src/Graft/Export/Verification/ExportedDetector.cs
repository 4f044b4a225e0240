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
    private readonly bool _final;

    /// <summary>Opens a file.</summary>
    /// <param name="source">The detector that it was exported from; not owned.</param>
    /// <param name="path">The file, without further inputs.</param>
    /// <param name="suppressed">Whether NMS is part of the graph.</param>
    /// <param name="threads">Threads of one operator; 0: as many as cores.</param>
    internal ExportedDetector(IDetector source, string path, bool suppressed, int threads)
        => (_source, _session, _final) = (source, OnnxSessions.Open(path, threads), suppressed || source.Network.IsEndToEnd);

    /// <inheritdoc/>
    public DetectionNetwork Network => _source.Network;

    /// <inheritdoc/>
    public IReadOnlyList<string> Names => _source.Names;

    /// <inheritdoc/>
    public InputFit InputFit => _source.InputFit;

    /// <inheritdoc/>
    public Losses ComputeLoss(Tensor images, Targets targets) => throw Untrainable();

    /// <inheritdoc/>
    public (Detection[][] Detections, Losses Losses) DetectWithLoss(Tensor images, IReadOnlyList<Fitting> fittings, PostProcessOptions options, Targets targets)
        => throw Untrainable();

    /// <inheritdoc/>
    public Detection[][] Detect(Tensor images, IReadOnlyList<Fitting> fittings, PostProcessOptions options)
    {
        Detection[][] all = new Detection[fittings.Count][];
        for (int i = 0; i < all.Length; i++)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor image = images.Narrow(0, i, 1).Contiguous();
            int index = i;
            OnnxSessions.Run(_session, [new CalibrationTensor(Input, image.ToSingles(), image.Shape)], [Output], (_, value) =>
                all[index] = OnnxOutput.Detections(
                    Tensor.From(value.GetTensorDataAsSpan<float>(), value.GetTensorTypeAndShape().Shape), [fittings[index]], options, _final)[0]);
        }

        return all;
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private static NotSupportedException Untrainable() => new("An exported model has no loss.");
}
