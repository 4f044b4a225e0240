using Graft.Torch;

namespace Graft.Training;

/// <summary>Complete IoU (arXiv:1911.08287): IoU minus penalties for the distance of centres and the difference of aspect ratios.</summary>
public static class CompleteIou
{
    private const double Epsilon = 1e-7;
    private const double AspectFactor = 4 / (Math.PI * Math.PI);

    /// <summary>CIoU of two boxes, clamped to at least 0, as the assigner needs it.</summary>
    public static double Clamped(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double w1 = a[2] - a[0], h1 = a[3] - a[1] + Epsilon, w2 = b[2] - b[0], h2 = b[3] - b[1] + Epsilon;
        double width = Math.Min(a[2], b[2]) - Math.Max(a[0], b[0]), height = Math.Min(a[3], b[3]) - Math.Max(a[1], b[1]);
        if (width <= 0 || height <= 0)
        {
            return 0;   // without overlap CIoU is never positive
        }

        double shared = width * height;
        double iou = shared / ((w1 * (a[3] - a[1])) + (w2 * (b[3] - b[1])) - shared + Epsilon);
        double spanX = Math.Max(a[2], b[2]) - Math.Min(a[0], b[0]), spanY = Math.Max(a[3], b[3]) - Math.Min(a[1], b[1]);
        double diagonal = (spanX * spanX) + (spanY * spanY) + Epsilon;
        double dx = b[0] + b[2] - a[0] - a[2], dy = b[1] + b[3] - a[1] - a[3];
        double turn = Math.Atan(w2 / h2) - Math.Atan(w1 / h1);
        double aspect = AspectFactor * turn * turn;
        double weight = aspect / (aspect - iou + 1 + Epsilon);
        return Math.Max(0, iou - (((dx * dx) + (dy * dy)) / 4 / diagonal) - (weight * aspect));
    }

    /// <summary>CIoU of K pairs of boxes, K, in -1..1, differentiable with respect to the first.</summary>
    /// <param name="a">K×4 corners.</param>
    /// <param name="b">K×4 corners.</param>
    public static Tensor Of(Tensor a, Tensor b)
    {
        Tensor[] p = Sides(a), q = Sides(b);
        Tensor w1 = p[2] - p[0], h1 = p[3] - p[1], w2 = q[2] - q[0], h2 = q[3] - q[1];
        Tensor shared = (p[2].Minimum(q[2]) - p[0].Maximum(q[0])).Clamp(0) * (p[3].Minimum(q[3]) - p[1].Maximum(q[1])).Clamp(0);
        Tensor iou = shared / ((w1 * h1) + (w2 * h2) - shared + Epsilon);
        Tensor diagonal = (p[2].Maximum(q[2]) - p[0].Minimum(q[0])).Square() + (p[3].Maximum(q[3]) - p[1].Minimum(q[1])).Square() + Epsilon;
        Tensor distance = ((q[0] + q[2] - p[0] - p[2]).Square() + (q[1] + q[3] - p[1] - p[3]).Square()) * 0.25;
        Tensor aspect = ((w2 / (h2 + Epsilon)).Atan() - (w1 / (h1 + Epsilon)).Atan()).Square() * AspectFactor;
        Tensor weight;
        using (NoGrad.Begin())
        {
            weight = aspect / (aspect - iou + (1 + Epsilon));
        }

        return (iou - (distance / diagonal) - (weight * aspect)).Clamp(-1, 1);
    }

    private static Tensor[] Sides(Tensor boxes) => [.. Enumerable.Range(0, 4).Select(side => boxes.Select(1, side))];
}
