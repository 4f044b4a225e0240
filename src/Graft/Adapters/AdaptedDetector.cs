using Graft.Detectors;
using Graft.Torch;

namespace Graft.Adapters;

/// <summary>A detector whose adapters add losses, such as the load balance of mixtures of experts.</summary>
/// <param name="inner">The detector; it is disposed with this one.</param>
/// <param name="attached">Its adapters.</param>
public sealed class AdaptedDetector(IDetector inner, AttachedAdapters attached) : IDetector
{
    /// <summary>The detector without the additional losses.</summary>
    public IDetector Inner => inner;

    /// <summary>The adapters.</summary>
    public AttachedAdapters Attached => attached;

    /// <inheritdoc/>
    public DetectionNetwork Network => inner.Network;

    /// <inheritdoc/>
    public IReadOnlyList<string> Names => inner.Names;

    /// <inheritdoc/>
    public InputFit InputFit => inner.InputFit;

    /// <inheritdoc/>
    public Tensor? Text => inner.Text;

    /// <inheritdoc/>
    public bool TextChanges => inner.TextChanges;

    /// <inheritdoc/>
    public Losses ComputeLoss(StageMaps input, Targets targets)
    {
        Losses losses = inner.ComputeLoss(input, targets);
        return attached.TakeLosses() is { Count: > 0 } more
            ? new Losses([.. losses.Shares, .. more.Select(loss => new LossShare(loss.Value, [loss]) { Scale = LossScale.Mean })])
            : losses;
    }

    /// <inheritdoc/>
    public Detection[][] Detect(Tensor images, IReadOnlyList<Fitting> fittings, PostProcessOptions options)
        => inner.Detect(images, fittings, options);

    /// <inheritdoc/>
    public (Detection[][] Detections, Losses Losses) DetectWithLoss(
        Tensor images, IReadOnlyList<Fitting> fittings, PostProcessOptions options, Targets targets)
        => inner.DetectWithLoss(images, fittings, options, targets);

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();
}
