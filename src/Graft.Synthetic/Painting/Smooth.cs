namespace Graft.Synthetic;

/// <summary>One-dimensional profiles used for drawing.</summary>
internal static class Smooth
{
    /// <summary>0 below <paramref name="low"/>, 1 above <paramref name="high"/>, a cubic in between.</summary>
    public static double Step(double low, double high, double x)
    {
        double t = Math.Clamp((x - low) / (high - low), 0, 1);
        return t * t * (3 - (2 * t));
    }

    /// <summary>1 inside an edge at <paramref name="edge"/>, 0 outside, soft over twice the given half width.</summary>
    public static double Inside(double edge, double halfWidth, double x) => 1 - Step(edge - halfWidth, edge + halfWidth, x);

    /// <summary>The bell curve exp(-x²).</summary>
    public static double Bell(double x) => Math.Exp(-(x * x));

    /// <summary>x².</summary>
    public static double Square(double x) => x * x;
}
