using System.Text.Json;

namespace Graft.Files.Tests;

/// <summary>Compares tensors with the JSON files that list their contents.</summary>
internal static class ExpectedTensors
{
    internal static void AssertMatches(JsonElement expected, WeightEntry entry)
    {
        Assert.Equal(expected.GetProperty("dtype").GetString(), entry.DType.TorchName());
        Assert.Equal(expected.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()), entry.Shape);
        if (expected.TryGetProperty("stride", out JsonElement stride))
        {
            Assert.Equal(stride.EnumerateArray().Select(size => size.GetInt64()), entry.Strides);
            Assert.Equal(expected.GetProperty("storage_offset").GetInt64(), entry.StorageOffset);
        }

        if (expected.TryGetProperty("bytes_hex", out JsonElement hex))
        {
            Assert.Equal(hex.GetString(), Convert.ToHexStringLower(entry.ToBytes()));
        }

        AssertValues(expected, entry);
    }

    internal static void AssertValues(JsonElement expected, WeightEntry entry)
    {
        if (expected.TryGetProperty("values_row_major", out JsonElement values) || expected.TryGetProperty("values", out values))
        {
            AssertValues([.. values.EnumerateArray()], entry);
        }
    }

    private static void AssertValues(JsonElement[] expected, WeightEntry entry)
    {
        if (entry.DType.IsComplex())
        {
            double[] parts = Parts(entry);
            double[] wanted = [.. expected.SelectMany(pair => pair.EnumerateArray().Select(Number))];
            Assert.Equal(wanted, parts);
        }
        else if (entry.DType.IsFloatingPoint() || entry.DType == ElementType.UInt64)
        {
            Assert.Equal(expected.Select(Number), entry.ToDoubles());
        }
        else
        {
            Assert.Equal(expected.Select(value => value.ValueKind == JsonValueKind.Number ? value.GetInt64() : (long)Number(value)),
                entry.ToInt64s());
        }
    }

    private static double[] Parts(WeightEntry entry)
    {
        byte[] bytes = entry.ToBytes();
        return entry.DType == ElementType.Complex64
            ? [.. Enumerable.Range(0, bytes.Length / 4).Select(i => (double)BitConverter.ToSingle(bytes, 4 * i))]
            : [.. Enumerable.Range(0, bytes.Length / 8).Select(i => BitConverter.ToDouble(bytes, 8 * i))];
    }

    private static double Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            string other => double.Parse(other, System.Globalization.CultureInfo.InvariantCulture),
            null => double.NaN,
        },
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        _ => value.GetDouble(),
    };
}
