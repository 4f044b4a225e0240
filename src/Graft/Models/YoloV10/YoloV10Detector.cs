using Graft.Detectors;
using Graft.Torch;
using Graft.Training;

namespace Graft.Models.YoloV10;

/// <summary>YOLOv10 with class names: dual assignment in training, no NMS in prediction.</summary>
public sealed class YoloV10Detector : IDetector
{
    private readonly YoloV10 _network;

    /// <summary>Combines a network and class names.</summary>
    /// <param name="network">The network; the detector disposes it.</param>
    /// <param name="names">Class names, in label order.</param>
    /// <param name="loss">Gains and assigner of both heads; the one-to-one head uses the assigner with a single positive per
    /// object.</param>
    /// <exception cref="GraftException">There are more or fewer names than classes.</exception>
    public YoloV10Detector(YoloV10 network, IReadOnlyList<string> names, DetectionLoss? loss = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count != network.Options.Nc)
        {
            throw new GraftException(
                Failure.Usage, $"There are {names.Count} class names; the model has {network.Options.Nc} classes.",
                $"Set model.nc={names.Count}.");
        }

        _network = network;
        Names = names;
        LossOptions = loss ?? new DetectionLoss { Assigner = new TaskAlignedAssigner(OverlapsInsideOnly: true) };
    }

    /// <inheritdoc/>
    public DetectionNetwork Network => _network;

    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; }

    /// <inheritdoc/>
    /// <remarks>Small images are enlarged, and all are padded to multiples of 32, as the original does it.</remarks>
    public InputFit InputFit { get; } = new(FitFirst: false, ScaleUp: true, Multiple: 32);

    /// <summary>Gains of both heads, and the assigner of the one-to-many head.</summary>
    public DetectionLoss LossOptions { get; }

    /// <inheritdoc/>
    /// <remarks>The sum of both heads' losses.</remarks>
    /// <exception cref="GraftException">The model is in its deployed form.</exception>
    public Losses ComputeLoss(StageMaps input, Targets targets)
    {
        RefuseDeployed();
        return Sum(Terms(_network.Forward(input), targets));
    }

    /// <summary>The loss of each head: ten positives per object for one-to-many, one for one-to-one, with the same metric.</summary>
    public (LossTerms OneToMany, LossTerms OneToOne) Terms(YoloV10Output output, Targets targets)
    {
        DetectionLoss single = LossOptions with { Assigner = LossOptions.Assigner with { TopK = 1 } };
        return (
            LossOptions.Compute(output.OneToMany!.Value, targets, YoloV10Head.Strides),
            single.Compute(output.OneToOne, targets, YoloV10Head.Strides));
    }

    /// <inheritdoc/>
    /// <exception cref="GraftException"><see cref="PostProcessOptions.OneToMany"/> is set and the model has no such head.</exception>
    public Detection[][] Detect(Tensor images, IReadOnlyList<Fitting> fittings, PostProcessOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.OneToMany)
        {
            EndToEndSelection selection = EndToEndSelection.Of(_network.ForwardOneToOne(images), YoloV10Head.Strides, options.MaxPerImage);
            return selection.ToDetections(fittings, options.ScoreThreshold);
        }

        (Tensor boxes, Tensor scores) = RawDecoding.Decode(_network.ForwardOneToMany(images), YoloV10Head.Strides);
        return PostProcess.Run(boxes, scores, fittings, options);
    }

    /// <inheritdoc/>
    /// <exception cref="GraftException">The model is in its deployed form, which has no loss.</exception>
    public (Detection[][] Detections, Losses Losses) DetectWithLoss(
        Tensor images, IReadOnlyList<Fitting> fittings, PostProcessOptions options, Targets targets)
    {
        RefuseDeployed();
        YoloV10Output output = _network.Forward(images);
        Losses losses = Sum(Terms(output, targets));
        if (!options.OneToMany)
        {
            return (EndToEndSelection.Of(output.OneToOne, YoloV10Head.Strides, options.MaxPerImage).ToDetections(fittings, options.ScoreThreshold), losses);
        }

        (Tensor boxes, Tensor scores) = RawDecoding.Decode(output.OneToMany!.Value, YoloV10Head.Strides);
        return (PostProcess.Run(boxes, scores, fittings, options), losses);
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    private static Losses Sum((LossTerms OneToMany, LossTerms OneToOne) terms)
        => new([terms.OneToMany.Named("box_om", "cls_om", "dfl_om"), terms.OneToOne.Named("box_oo", "cls_oo", "dfl_oo")]);

    private void RefuseDeployed()
    {
        if (_network.Options.Form is not { Folded: false, OneToMany: true })
        {
            throw new GraftException(
                Failure.Usage, "This YOLOv10 was rewritten for deployment and cannot be trained.",
                "Train the model that it was made from.");
        }
    }
}
