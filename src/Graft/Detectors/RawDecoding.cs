using Graft.Torch;

namespace Graft.Detectors;

/// <summary>Decodes head outputs: from maps to one row per anchor point, and from distributions to boxes.</summary>
public static class RawDecoding
{
    /// <summary>Maps B×C×h×w of all levels as rows B×P×C (a view for channels-last maps of one level, else one copy).</summary>
    public static Tensor Rows(Tensor[] maps)
        => Tensor.Cat([.. maps.Select(map => map.Permute(0, 2, 3, 1).Reshape(map.Size(0), -1, map.Size(1)))], 1);

    /// <summary>Expected distance of each side in cells: B×P×4·bins (or K×4·bins) logits to …×4.</summary>
    public static Tensor Expect(Tensor distributions)
    {
        long[] shape = distributions.Shape;
        long bins = shape[^1] / 4;
        Tensor ramp = Tensor.Arange(bins, distributions.DType);
        return distributions.Reshape([.. shape[..^1], 4, bins]).Softmax(-1).MatMul(ramp);
    }

    /// <summary>Expected distances of one level's map: B×4·bins×h×w to B×4×h×w, in cells.</summary>
    public static Tensor ExpectMap(Tensor distribution)
    {
        long[] s = distribution.Shape;
        Tensor rows = Expect(distribution.Permute(0, 2, 3, 1).Reshape(s[0], s[2], s[3], s[1]));
        return rows.Permute(0, 3, 1, 2).Contiguous();
    }

    /// <summary>Corners in input pixels from distances in cells: B×P×4.</summary>
    /// <param name="distances">B×P×4: left, top, right, bottom.</param>
    /// <param name="anchors">The P anchor points.</param>
    public static Tensor Corners(Tensor distances, Anchors anchors)
    {
        Tensor centres = Tensor.From(anchors.Centres, anchors.Count, 2).To(distances.DType);
        Tensor pixels = distances * Tensor.From(anchors.Strides, anchors.Count, 1).To(distances.DType);
        return Tensor.Cat([centres - pixels.Narrow(2, 0, 2), centres + pixels.Narrow(2, 2, 2)], 2);
    }

    /// <summary>Boxes (B×P×4 corners, not clipped) and scores (B×P×N) of a head's outputs.</summary>
    public static (Tensor Boxes, Tensor Scores) Decode(RawDetections raw, IReadOnlyList<int> strides)
        => (Corners(Expect(Rows(raw.Distributions)), Anchors.Of(raw, strides)), Rows(raw.Logits).Sigmoid());
}
