namespace Graft.Files.Tests;

/// <summary>Small weight files for tests.</summary>
internal static class Arrays
{
    /// <summary>A file of float arrays, each filled with one value.</summary>
    internal static WeightFile File(TemporaryFolder folder, params (string Name, long[] Shape, float Value)[] arrays)
    {
        string path = folder.At("arrays.npz");
        NpzWriter.Write(path, arrays.Select(array => WeightData.From(array.Name, Filled(array.Shape, array.Value), array.Shape)));
        return WeightFile.Open(path);
    }

    private static float[] Filled(long[] shape, float value)
    {
        float[] values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        values.AsSpan().Fill(value);
        return values;
    }
}
