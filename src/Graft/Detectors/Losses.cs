using Graft.Torch;

namespace Graft.Detectors;

/// <summary>A step's loss: what is minimised, and its parts for display.</summary>
/// <param name="Shares">The terms whose sum is minimised.</param>
public sealed record Losses(IReadOnlyList<LossShare> Shares)
{
    /// <summary>A loss that is a sum over the images of the batch.</summary>
    /// <param name="total">Scalar.</param>
    /// <param name="items">Named parts, each a scalar tensor, in the order of the results table: box, class, distribution.</param>
    public Losses(Tensor total, IReadOnlyList<(string Name, Tensor Value)> items)
        : this([new LossShare(total, items)])
    {
    }

    /// <summary>What is minimised, a scalar.</summary>
    public Tensor Total { get; } = Shares.Skip(1).Aggregate(Shares[0].Value, (sum, share) => sum + share.Value);

    /// <summary>Named parts, each a scalar tensor, in the order of the results table: box, class, distribution.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> Items => [.. Shares.SelectMany(share => share.Items)];
}

/// <summary>How a term of a loss depends on the size of the batch, so that a batch can pass a network in parts.</summary>
public enum LossScale
{
    /// <summary>A sum over the images.</summary>
    Sum,

    /// <summary>A mean over the images.</summary>
    Mean,

    /// <summary>Number of images · sum / max(<see cref="LossShare.Weight"/>, 1), as the detection losses of YOLO are.</summary>
    Weighted,
}

/// <summary>One term of a loss.</summary>
/// <param name="Value">Scalar.</param>
/// <param name="Items">Named parts that sum up to it, for display.</param>
public sealed record LossShare(Tensor Value, IReadOnlyList<(string Name, Tensor Value)> Items)
{
    /// <summary>How it depends on the size of the batch.</summary>
    public LossScale Scale { get; init; }

    /// <summary>Of a weighted term: what the batch adds to its divisor, such as the sum of soft targets.</summary>
    public double Weight { get; init; }

    /// <summary>Factor that makes the term a sum, which can be added to that of other images.</summary>
    /// <param name="images">Images of the batch.</param>
    internal double ToSum(int images) => Scale switch
    {
        LossScale.Mean => images,
        LossScale.Weighted => Math.Max(Weight, 1) / images,
        _ => 1,
    };

    /// <summary>Factor that makes such a sum the term of a whole batch.</summary>
    /// <param name="images">Images of the whole batch.</param>
    /// <param name="weight">Weight of the whole batch.</param>
    internal double FromSum(int images, double weight) => Scale switch
    {
        LossScale.Mean => 1.0 / images,
        LossScale.Weighted => images / Math.Max(weight, 1),
        _ => 1,
    };
}
