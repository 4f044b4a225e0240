using Graft.Files;
using Graft.Torch.Weights;

namespace Graft.Cli.Tests;

/// <summary>Writes small files of numbers.</summary>
internal static class Numbers
{
    /// <summary>Writes an npy file of 32-bit floats with smooth values and returns its path.</summary>
    internal static string Npy(string path, params int[] shape)
    {
        float[] values = [.. Enumerable.Range(0, shape.Aggregate(1, (product, length) => product * length)).Select(i => MathF.Sin(i))];
        NpyWriter.Write(path, WeightData.From("x", values, [.. shape.Select(length => (long)length)]));
        return path;
    }
}
