namespace Graft.Export;

/// <summary>Mean and variance (divided by n).</summary>
internal static class Moments
{
    /// <summary>Of each channel over images and positions: mean and variance, C each.</summary>
    internal static string[] OfChannels(OperatorContext c)
    {
        (string mean, string variance) = Of(c, [0, 2, 3]);
        return [Flat(c, mean), Flat(c, variance)];
    }

    /// <summary>Of each image over channels and positions: variance and mean, B×1×1×1 each.</summary>
    internal static string[] OfImages(OperatorContext c)
    {
        (string mean, string variance) = Of(c, c.Call.Integers(1));
        return [variance, mean];
    }

    private static (string Mean, string Variance) Of(OperatorContext c, long[] axes)
    {
        string x = c.In(0), mean = c.Add("ReduceMean", [x], ("axes", axes), ("keepdims", 1));
        string difference = c.Add("Sub", [x, mean]);
        return (mean, c.Add("ReduceMean", [c.Add("Mul", [difference, difference])], ("axes", axes), ("keepdims", 1)));
    }

    private static string Flat(OperatorContext c, string value) => c.Add("Reshape", [value, c.Graph.Integers(-1)]);
}
