namespace Graft.Torch.Tests.Tensors;

/// <summary>Compares a whole tensor: its shape, then its values in C order.</summary>
internal static class Expect
{
    internal static void Values(Tensor found, long[] shape, params double[] values)
    {
        Assert.Equal(shape, found.Shape);
        double[] all = found.ToDoubles();
        Assert.Equal(values.Length, all.Length);
        Assert.All(values.Zip(all), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * Math.Max(1, Math.Abs(pair.First))));
    }

    /// <summary>ATen's message reaches the caller, after the operator's name and without the C++ stack.</summary>
    internal static void Refusal(string op, string words, Action action)
    {
        GraftException error = Assert.Throws<GraftException>(action);
        Assert.Equal(Failure.Runtime, error.Failure);
        Assert.StartsWith($"{op}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception raised from", error.Message, StringComparison.Ordinal);
    }
}
