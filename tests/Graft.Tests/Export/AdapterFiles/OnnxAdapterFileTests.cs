using System.Security.Cryptography;
using Graft.Export;
using Graft.Files;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Graft.Tests.Export;

/// <summary>ONNX Runtime's adapter files: read, written, loaded by ONNX Runtime's own class, and refused when damaged.</summary>
[SideBySide]
public sealed class OnnxAdapterFileTests
{
    // The README of the golden folder states it, against a reference in float64.
    private const float Tolerance = 1e-4f;

    [GoldenFact("onnx_adapter")]
    public void Read_TheGoldenFile_HasTheNamesShapesAndVersions()
    {
        OnnxAdapterFile adapter = OnnxAdapterFile.Read(GoldenData.PathOf("onnx_adapter", "adapter.onnx_adapter"));
        Assert.Equal((1, 1), (adapter.AdapterVersion, adapter.ModelVersion));
        Assert.Equal(["A", "B"], adapter.Parameters.Select(parameter => parameter.Name).Order());
        Assert.Equal([4L, 16, 1, 1], adapter.Parameters.Single(parameter => parameter.Name == "A").Shape);
        Assert.Equal([16L, 4, 1, 1], adapter.Parameters.Single(parameter => parameter.Name == "B").Shape);
        Assert.All(adapter.Parameters, parameter => Assert.Equal(ElementType.Float32, parameter.DType));
        Assert.Equal(0.9544223f, Values(adapter.Parameters.Single(parameter => parameter.Name == "A"))[0], 1e-6f);
    }

    [GoldenFact("onnx_adapter")]
    public void Write_TheGoldenAdapter_OnnxRuntimeGivesTheAdaptedValues()
    {
        using TemporaryFolder folder = new();
        string path = folder.At("again.onnx_adapter");
        OnnxAdapterFile.Read(GoldenData.PathOf("onnx_adapter", "adapter.onnx_adapter")).Write(path);

        float[] initial = Golden("base.npy"), adapted = Golden("adapted.npy");
        Assert.Contains(initial.Zip(adapted), pair => MathF.Abs(pair.First - pair.Second) > 0.1f);
        using SessionOptions quiet = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using InferenceSession session = new(GoldenData.PathOf("onnx_adapter", "model.onnx"), quiet);
        using OrtLoraAdapter loaded = OrtLoraAdapter.Create(path, null);
        AssertClose(initial, Run(session, null));
        AssertClose(adapted, Run(session, loaded));
        AssertClose(initial, Run(session, null));
    }

    [Fact]
    public void Write_ThenRead_GivesTheSameParametersAndBytes()
    {
        OnnxAdapterFile adapter = Example();
        byte[] bytes = adapter.ToBytes();
        OnnxAdapterFile again = OnnxAdapterFile.Read("memory", bytes);
        Assert.Equal((adapter.AdapterVersion, adapter.ModelVersion), (again.AdapterVersion, again.ModelVersion));
        Assert.Equal(adapter.Parameters.Select(parameter => parameter.Name), again.Parameters.Select(parameter => parameter.Name));
        foreach ((WeightData before, WeightData after) in adapter.Parameters.Zip(again.Parameters))
        {
            Assert.Equal(before.Shape, after.Shape);
            Assert.Equal(before.DType, after.DType);
            Assert.Equal(Bytes(before), Bytes(after));
        }

        Assert.Equal(bytes, again.ToBytes());
    }

    [Fact]
    public void Write_AlignsValuesToEightBytes()
    {
        OnnxAdapterFile adapter = Example();
        byte[] bytes = adapter.ToBytes();
        foreach (byte[] values in adapter.Parameters.Select(Bytes).Where(values => values.Length >= 8))
        {
            int at = bytes.AsSpan().IndexOf(values);
            Assert.True(at > 0 && at % 8 == 0, $"values at byte {at}");
        }
    }

    [Fact]
    public void Write_AnEmptyAdapter_CanBeReadAgain()
        => Assert.Empty(OnnxAdapterFile.Read("memory", new OnnxAdapterFile(0, 0, []).ToBytes()).Parameters);

    [Theory]
    [InlineData(0), InlineData(1), InlineData(2)]
    public void Write_WhatTheFormatCannotHold_IsRefused(int fault)
    {
        WeightData one = WeightData.From("one", new float[2], 2);
        WeightData[] parameters = fault switch
        {
            0 => [one, one],
            1 => [WeightData.From("", new float[2], 2)],
            _ => [WeightData.From("long", new long[2], 2)],
        };
        Assert.Equal(Failure.Export, Assert.Throws<GraftException>(() => new OnnxAdapterFile(1, 1, parameters).ToBytes()).Failure);
    }

    [Fact]
    public void Read_ATruncatedFile_IsRefusedAtEveryLength()
    {
        byte[] bytes = Example().ToBytes();
        for (int length = 0; length < bytes.Length; length++)
        {
            AssertReadsOrRefuses(bytes[..length]);
        }

        Assert.Throws<GraftException>(() => OnnxAdapterFile.Read("memory", bytes[..(bytes.Length / 2)]));
    }

    [Fact]
    public void Read_AnyByteDamaged_IsReadOrRefused()
    {
        byte[] bytes = Example().ToBytes();
        int refused = 0;
        foreach (byte value in new byte[] { 0, 1, 0x7F, 0x80, 0xFF })
        {
            for (int at = 0; at < bytes.Length; at++)
            {
                byte[] damaged = [.. bytes];
                damaged[at] ^= value;
                refused += AssertReadsOrRefuses(damaged) ? 0 : 1;
                damaged[at] = value;
                refused += AssertReadsOrRefuses(damaged) ? 0 : 1;
            }
        }

        Assert.True(refused > 100, $"only {refused} damaged files were refused");
    }

    [Fact]
    public void Read_ManyBytesDamaged_IsReadOrRefused()
    {
        byte[] bytes = Example().ToBytes();
        Random random = new(11);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] damaged = [.. bytes];
            for (int count = random.Next(1, 6); count > 0; count--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            AssertReadsOrRefuses(damaged);
        }
    }

    [Fact]
    public void Read_AnotherFormat_NamesTheFile()
    {
        using TemporaryFolder folder = new();
        GraftException error = Assert.Throws<GraftException>(() => OnnxAdapterFile.Read(folder.Write("notes.onnx_adapter", "this is a text, not an adapter")));
        Assert.Equal(Failure.Model, error.Failure);
        Assert.Contains("notes.onnx_adapter", error.Message, StringComparison.Ordinal);
        Assert.Equal(Failure.Model, Assert.Throws<GraftException>(() => OnnxAdapterFile.Read(folder.At("absent.onnx_adapter"))).Failure);
    }

    [Fact]
    public void ModelVersionOf_IsTheFirstFourBytesOfTheHash()
    {
        byte[] hash = SHA256.HashData("base"u8);
        Assert.Equal(BitConverter.ToInt32(hash, 0), OnnxAdapterFile.ModelVersionOf(Convert.ToHexStringLower(hash)));
        Assert.Throws<GraftException>(() => OnnxAdapterFile.ModelVersionOf("abc"));
    }

    private static OnnxAdapterFile Example() => new(7, -3,
    [
        WeightData.From("neck.adapter.A", Enumerable.Range(0, 24).Select(i => i / 7f).ToArray(), 2, 3, 4),
        WeightData.From("neck.adapter.half", Enumerable.Range(1, 5).Select(i => (Half)(i / 3f)).ToArray(), 5),
        WeightData.From("scale", new[] { 2.5f }),
        WeightData.From("none", Array.Empty<float>(), 0, 4),
    ]);

    /// <summary>Whether the bytes are read; any other failure than a refusal ends the test.</summary>
    private static bool AssertReadsOrRefuses(byte[] bytes)
    {
        try
        {
            _ = OnnxAdapterFile.Read("memory", bytes);
            return true;
        }
        catch (GraftException error)
        {
            Assert.Equal(Failure.Model, error.Failure);
            return false;
        }
    }

    private static byte[] Bytes(WeightData data)
    {
        List<byte> bytes = [];
        data.ForEachChunk(chunk => bytes.AddRange(chunk));
        return [.. bytes];
    }

    private static float[] Values(WeightData data) => [.. Bytes(data).Chunk(4).Select(four => BitConverter.ToSingle(four))];

    private static float[] Golden(string name)
    {
        using WeightFile file = WeightFile.Open(GoldenData.PathOf("onnx_adapter", name));
        return [.. file.Entries.Single().ToSingles()];
    }

    private static float[] Run(InferenceSession session, OrtLoraAdapter? adapter)
    {
        using RunOptions options = new();
        if (adapter is not null)
        {
            options.AddActiveLoraAdapter(adapter);
        }

        DenseTensor<float> ones = new(Enumerable.Repeat(1f, 3 * 32 * 32).ToArray(), [1, 3, 32, 32]);
        string input = session.InputMetadata.Keys.Single();
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> outputs
            = session.Run([NamedOnnxValue.CreateFromTensor(input, ones)], [.. session.OutputMetadata.Keys], options);
        return [.. outputs[0].AsEnumerable<float>()];
    }

    private static void AssertClose(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.True(expected.Zip(found).Max(pair => MathF.Abs(pair.First - pair.Second)) <= Tolerance);
    }
}
