using Graft.Detectors;
using Graft.Torch;
using Graft.Training;

namespace Graft.Tests.Models.Toy;

/// <summary>The toy network with class names: loss and detections.</summary>
public sealed class ToyDetector(ToyNetwork network, IReadOnlyList<string> names, DetectionLoss? loss) : IDetector
{
    private readonly DetectionLoss _loss = loss ?? new DetectionLoss();

    /// <inheritdoc/>
    public DetectionNetwork Network => network;

    /// <inheritdoc/>
    public IReadOnlyList<string> Names => names;

    /// <inheritdoc/>
    public Losses ComputeLoss(StageMaps input, Targets targets) => Named(_loss.Compute(network.Predict(input.Maps[0], null), targets, network.Strides));

    /// <inheritdoc/>
    public Detection[][] Detect(Tensor images, IReadOnlyList<Fitting> fittings, PostProcessOptions options)
        => Final(network.Predict(images, null), fittings, options);

    /// <inheritdoc/>
    public (Detection[][] Detections, Losses Losses) DetectWithLoss(
        Tensor images, IReadOnlyList<Fitting> fittings, PostProcessOptions options, Targets targets)
    {
        RawDetections raw = network.Predict(images, null);
        return (Final(raw, fittings, options), Named(_loss.Compute(raw, targets, network.Strides)));
    }

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();

    private Detection[][] Final(RawDetections raw, IReadOnlyList<Fitting> fittings, PostProcessOptions options)
    {
        (Tensor boxes, Tensor scores) = RawDecoding.Decode(raw, network.Strides);
        return PostProcess.Run(boxes, scores, fittings, options);
    }

    private static Losses Named(LossTerms terms)
        => new([terms.Named("box_loss", "cls_loss", "dfl_loss")]);
}
