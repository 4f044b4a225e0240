using Graft.Torch.Interop;

namespace Graft.Torch;

/// <summary>Sums, extremes and orderings.</summary>
public sealed partial class Tensor
{
    /// <summary>Sum of all elements.</summary>
    public Tensor Sum() => Aten.Sum.Call(this);

    /// <summary>Sum along axes.</summary>
    public Tensor Sum(long[] axes, bool keep = false) => Aten.SumAxes.Call(this, axes, keep);

    /// <summary>Sum along one axis.</summary>
    public Tensor Sum(int axis, bool keep = false) => Aten.SumAxes.Call(this, new long[] { axis }, keep);

    /// <summary>Mean of all elements.</summary>
    public Tensor Mean() => Aten.Mean.Call(this);

    /// <summary>Mean along axes.</summary>
    public Tensor Mean(long[] axes, bool keep = false) => Aten.MeanAxes.Call(this, axes, keep);

    /// <summary>Population variance along axes.</summary>
    public Tensor Variance(long[] axes, bool keep = false) => Aten.Variance.Call(this, axes, false, keep);

    /// <summary>Mean and variance (divided by n) of each channel of B×C×H×W over B, H and W: two vectors of C; not differentiable.</summary>
    public (Tensor Mean, Tensor Variance) ChannelMoments()
        => Pair(Aten.BatchNormUpdateStats.CallMany(this, Argument.Nothing, Argument.Nothing, 0.0));

    /// <summary>Mean and variance (divided by n) of each image of a dense B×C×H×W in float32, in one pass over memory: B×1×1×1 each; null
    /// with gradients, and for other types and memory formats.</summary>
    public (Tensor Mean, Tensor Variance)? MomentsPerImage()
    {
        bool dense = IsContiguous() || IsContiguous(MemoryFormat.ChannelsLast);
        if (RequiresGrad || DType != DType.Float || !dense || Device != "cpu")
        {
            return null;
        }

        long start = OperationRecorder.Now();
        double[] moments = new double[2 * Size(0)];
        Native.Check(Native.graft_slice_moments(this, moments), "moments");
        Tensor mean = Column(0), variance = Column(1);
        OperationRecorder.Active?.Add(Aten.VarianceAndMean, [this, new long[] { 1, 2, 3 }], [variance, mean], start);
        return (mean, variance);

        Tensor Column(int part) => From([.. moments.Where((_, i) => i % 2 == part).Select(value => (float)value)], Size(0), 1, 1, 1);
    }

    /// <summary>Largest element along axes.</summary>
    public Tensor Max(long[] axes, bool keep = false) => Aten.AMax.Call(this, axes, keep);

    /// <summary>Smallest element along axes.</summary>
    public Tensor Min(long[] axes, bool keep = false) => Aten.AMin.Call(this, axes, keep);

    /// <summary>Largest element of all.</summary>
    public Tensor Max() => Aten.MaxAll.Call(this);

    /// <summary>Smallest element of all.</summary>
    public Tensor Min() => Aten.MinAll.Call(this);

    /// <summary>Position of the largest element along an axis.</summary>
    public Tensor ArgMax(int axis, bool keep = false) => Aten.ArgMax.Call(this, axis, keep);

    /// <summary>The k largest elements along an axis, largest first, and their positions.</summary>
    public (Tensor Values, Tensor Indices) TopK(long k, int axis = -1) => Pair(Aten.TopK.CallMany(this, k, axis));

    /// <summary>Sorts along an axis and returns the positions; equal elements keep their order.</summary>
    public (Tensor Values, Tensor Indices) Sort(int axis = -1, bool descending = false)
        => Pair(Aten.SortStable.CallMany(this, true, axis, descending));

    /// <summary>Whether any element is true.</summary>
    public Tensor Any() => Aten.Any.Call(this);

    /// <summary>Whether all elements are true.</summary>
    public Tensor All() => Aten.All.Call(this);

    /// <summary>Euclidean norm along axes.</summary>
    public Tensor Norm(long[] axes, bool keep = false) => Aten.Norm.Call(this, 2.0, axes, keep);

    /// <summary>Vectors along an axis, brought to length one; zero vectors stay zero.</summary>
    public Tensor ToUnitLength(long axis) => this / Norm([axis], keep: true).Clamp(1e-12);

    private static (Tensor First, Tensor Second) Pair(Tensor[] results) => (results[0], results[1]);
}
