using Graft.Detectors;
using Graft.Torch;

namespace Graft.Training;

/// <summary>The three parts of a detection loss, each a scalar; <see cref="Total"/> is what is minimised.</summary>
/// <param name="Class">Binary cross entropy with soft targets.</param>
/// <param name="Box">1 - CIoU.</param>
/// <param name="Distribution">Distribution focal loss.</param>
/// <param name="Positives">Anchor points assigned to a ground-truth box.</param>
public readonly record struct LossTerms(Tensor Class, Tensor Box, Tensor Distribution, int Positives)
{
    /// <summary>Sum of the parts.</summary>
    public Tensor Total => Class + Box + Distribution;

    /// <summary>Sum of soft targets, by which the parts are divided if it is at least 1.</summary>
    public double Weight { get; init; }

    /// <summary>The loss with its parts under names for the results table.</summary>
    public LossShare Named(string box, string classes, string distribution) => new(Total, [(box, Box), (classes, Class), (distribution, Distribution)])
    {
        Scale = LossScale.Weighted,
        Weight = Weight,
    };
}

/// <summary>Loss of YOLOv8-type heads: task-aligned assignment, BCE, CIoU and distribution focal loss.</summary>
/// <remarks>Every part is divided by the sum of soft targets (at least 1) and multiplied by the number of images.</remarks>
public sealed record DetectionLoss
{
    /// <summary>Assigns anchor points to ground-truth boxes.</summary>
    public TaskAlignedAssigner Assigner { get; init; } = new();

    /// <summary>Factor of the class part.</summary>
    public double ClassGain { get; init; } = 0.5;

    /// <summary>Factor of the box part.</summary>
    public double BoxGain { get; init; } = 7.5;

    /// <summary>Factor of the distribution part, for the sum over the four sides (1.5 for their mean).</summary>
    public double DistributionGain { get; init; } = 0.375;

    /// <summary>Divide the class part by its number of elements too: the published mistake of steps 4-2 and 5, for comparison only.</summary>
    public bool ClassMean { get; init; }

    /// <summary>Loss of a head's outputs.</summary>
    /// <param name="raw">The head's outputs.</param>
    /// <param name="targets">Ground-truth boxes in input pixels.</param>
    /// <param name="strides">Input pixels per cell of each level.</param>
    /// <param name="mask">B×N or 1×N; prompts that are masked out are excluded from the class part.</param>
    public LossTerms Compute(RawDetections raw, Targets targets, IReadOnlyList<int> strides, Tensor? mask = null)
    {
        using MixedPrecision precise = MixedPrecision.Begin(enabled: false);
        Anchors anchors = Anchors.Of(raw, strides);
        Tensor logits = Precise(RawDecoding.Rows(raw.Logits));                 // B×P×N
        Tensor distributions = Precise(RawDecoding.Rows(raw.Distributions));   // B×P×4·bins
        Assignment assigned = Assign(logits, distributions, anchors, targets);
        double total = Math.Max(assigned.WeightSum, 1), images = targets.Images;

        Tensor entropy = logits.BinaryCrossEntropyWithLogits(SoftTargets(logits, assigned));
        Tensor classes = (mask is null ? entropy : entropy * mask.To(entropy.DType).Unsqueeze(1)).Sum() * (ClassGain * images / total);
        if (ClassMean)
        {
            classes /= logits.Count;
        }

        if (assigned.Positions.Length == 0)
        {
            Tensor nothing = distributions.Sum() * 0;                          // keeps the box branch in the graph
            return new LossTerms(classes, nothing, nothing, 0) { Weight = assigned.WeightSum };
        }

        (Tensor overlap, Tensor spread) = Positives(distributions, anchors, assigned);
        Tensor weights = Tensor.From(assigned.Weights, assigned.Weights.Length).To(logits.DType);
        Tensor box = ((1 - overlap) * weights).Sum() * (BoxGain * images / total);
        Tensor distribution = (spread * weights).Sum() * (DistributionGain * images / (total + 1.1920929e-7));
        return new LossTerms(classes, box, distribution, assigned.Positions.Length) { Weight = assigned.WeightSum };
    }

    private static Tensor Precise(Tensor rows) => rows.DType == DType.BFloat16 ? rows.To(DType.Float) : rows;

    /// <summary>The assignment for the current predictions, without gradients.</summary>
    public Assignment Assign(Tensor logits, Tensor distributions, Anchors anchors, Targets targets)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        Tensor boxes = RawDecoding.Corners(RawDecoding.Expect(distributions), anchors);
        return Assigner.Assign(boxes.ToSingles(), logits.Sigmoid().ToSingles(), (int)logits.Size(2), anchors, targets);
    }

    /// <summary>B×P×N with the soft target of each positive anchor point at its label.</summary>
    private static Tensor SoftTargets(Tensor logits, Assignment assigned)
    {
        long classes = logits.Size(2);
        float[] values = new float[logits.Count];
        for (int i = 0; i < assigned.Positions.Length; i++)
        {
            values[(assigned.Positions[i] * classes) + assigned.Labels[i]] = assigned.Weights[i];
        }

        return Tensor.From(values, logits.Shape).To(logits.DType);
    }

    /// <summary>CIoU and distribution loss (summed over sides) of the K positive anchor points.</summary>
    private static (Tensor Overlap, Tensor Spread) Positives(Tensor distributions, Anchors anchors, Assignment assigned)
    {
        int count = assigned.Positions.Length, bins = (int)(distributions.Size(2) / 4);
        float[] cells = new float[4 * count], centres = new float[2 * count], distances = new float[4 * count];
        for (int i = 0; i < count; i++)
        {
            int place = (int)(assigned.Positions[i] % anchors.Count);
            float stride = anchors.Strides[place];
            for (int axis = 0; axis < 2; axis++)
            {
                float centre = anchors.Centres[(2 * place) + axis] / stride;
                centres[(2 * i) + axis] = centre;
                float low = assigned.Boxes[(4 * i) + axis] / stride, high = assigned.Boxes[(4 * i) + 2 + axis] / stride;
                (cells[(4 * i) + axis], cells[(4 * i) + 2 + axis]) = (low, high);
                distances[(4 * i) + axis] = Math.Clamp(centre - low, 0, bins - 1 - 0.01f);
                distances[(4 * i) + 2 + axis] = Math.Clamp(high - centre, 0, bins - 1 - 0.01f);
            }
        }

        Tensor picked = distributions.Flatten(0, 1).IndexSelect(0, Tensor.From(assigned.Positions, count));    // K×4·bins
        Tensor ltrb = RawDecoding.Expect(picked);                                                               // K×4, cells
        Tensor middle = Tensor.From(centres, count, 2).To(picked.DType);
        Tensor predicted = Tensor.Cat([middle - ltrb.Narrow(1, 0, 2), middle + ltrb.Narrow(1, 2, 2)], 1);
        Tensor overlap = CompleteIou.Of(predicted, Tensor.From(cells, count, 4).To(picked.DType));

        long[] left = [.. distances.Select(distance => (long)distance)];
        float[] share = [.. distances.Select((distance, i) => distance - left[i])];
        Tensor rows = picked.Reshape(-1, bins);
        Tensor nearer = rows.CrossEntropy(Tensor.From(left, left.Length));
        Tensor farther = rows.CrossEntropy(Tensor.From([.. left.Select(bin => bin + 1)], left.Length));
        Tensor right = Tensor.From(share, share.Length).To(picked.DType);
        Tensor spread = ((nearer * (1 - right)) + (farther * right)).Reshape(count, 4).Sum(1);
        return (overlap, spread);
    }
}
