using Graft.Tests.Export;
using Microsoft.ML.OnnxRuntime;

namespace Graft.Runtime.Tests;

/// <summary>Adapters that Graft exported beside their base give the answers of adapted models that were exported alone.</summary>
public sealed class ExportedAdapterTests : IDisposable
{
    private const int Side = 64, Count = 20;

    // An untrained network scores low.
    private static readonly OnnxDetectorOptions Low = new() { ScoreThreshold = 1e-6 };

    private readonly AdapterCase _case = new();

    public void Dispose() => _case.Dispose();

    [Fact]
    public void TwentyAdapters_OnOneBase_AnswerLikeTwentyModels()
    {
        (string Name, string Path)[] adapters = [.. Enumerable.Range(0, Count).Select(i => ($"line-{i}", _case.Adapter($"line-{i}", 100 + (ulong)i, "lora rank=4 alpha=4")))];
        _case.Export(null, adapters);
        using OnnxDetector detector = OnnxDetector.Load(_case.Model, Low);
        using InferenceSession session = new(_case.Model);
        float[] plain = Raw(session, null);
        RequireEqual(plain, Alone("base", null));
        Assert.Equal(["base 0", "base 1", "base 2"], detector.Names);
        DetectionResult before = Detect(detector);
        foreach ((string name, string path) in adapters)
        {
            string file = Graft.Export.AdapterInputExport.PathOf(_case.Model, name, ".onnx_adapter");
            using OrtLoraAdapter values = OrtLoraAdapter.Create(file, null);
            float[] adapted = Raw(session, values);
            RequireEqual(Alone(name, path), adapted);
            Assert.True(plain.Zip(adapted, (a, b) => Math.Abs(a - b)).Max() > 1e-4f);

            using OnnxAdapter adapter = OnnxAdapter.Load(file);
            detector.Use(adapter);
            Assert.Equal([$"{name} 0", $"{name} 1", $"{name} 2"], detector.Names);
            using OnnxDetector alone = OnnxDetector.Load(_case.At(Path.Combine("alone", $"{name}.onnx")), Low);
            RequireEqual(Detect(alone), Detect(detector));
            detector.Use(null);
            RequireEqual(before, Detect(detector));
        }
    }

    [Fact]
    public void AnAdapterOfAnotherBase_IsRefused()
    {
        using AdapterCase other = new();
        _case.Export(null, ("a", _case.Adapter("a", 1, "lora rank=4 alpha=4")));
        other.Export(null, ("b", other.Adapter("b", 2, "lora rank=8 alpha=8")));
        using OnnxDetector detector = OnnxDetector.Load(_case.Model);
        using OnnxAdapter adapter = OnnxAdapter.Load(Graft.Export.AdapterInputExport.PathOf(other.Model, "b", ".onnx_adapter"));
        Assert.Contains("another base", Assert.Throws<OnnxDetectorException>(() => detector.Use(adapter)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(1, true)]
    public void NmsInTheGraph_ForSeveralImages_GivesTheBoxesOfEachAlone(int batch, bool dynamic)
    {
        string suppressed = _case.ExportAlone("nms", null, AdapterCase.Options with { Suppression = true, Batch = batch, Dynamic = dynamic, Score = 1e-6 });
        using OnnxDetector plain = OnnxDetector.Load(_case.ExportAlone("plain", null), Low), several = OnnxDetector.Load(suppressed, new OnnxDetectorOptions { MaxBatch = 2 });
        Assert.True(several.Model.IsEndToEnd);
        ImageBuffer[] images = [.. Enumerable.Range(0, 3).Select(seed =>
        {
            byte[] pixels = new byte[3 * Side * Side];
            new Random(seed).NextBytes(pixels);
            return new ImageBuffer(pixels, Side, Side, 3 * Side, PixelFormat.Rgb8);
        })];
        IReadOnlyList<DetectionResult> together = several.DetectBatch(images);
        Assert.All(plain.DetectBatch(images).Zip(together), pair => RequireEqual(pair.First, pair.Second));
        Assert.Equal(3, together.Select(found => found.Max(one => one.Score)).Distinct().Count());
    }

    private float[] Alone(string name, string? adapter)
    {
        using InferenceSession session = new(_case.ExportAlone(name, adapter));
        return Raw(session, null);
    }

    private static float[] Raw(InferenceSession session, OrtLoraAdapter? adapter)
    {
        Random random = new(5);
        float[] pixels = [.. Enumerable.Range(0, 3 * Side * Side).Select(_ => random.NextSingle())];
        using RunOptions run = new();
        if (adapter is not null)
        {
            run.AddActiveLoraAdapter(adapter);
        }

        using OrtValue input = OrtValue.CreateTensorValueFromMemory(pixels, [1, 3, Side, Side]);
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, ["images"], [input], ["output0"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static DetectionResult Detect(OnnxDetector detector)
    {
        byte[] pixels = new byte[3 * Side * Side];
        new Random(6).NextBytes(pixels);
        return detector.Detect(pixels, Side, Side, 3 * Side, PixelFormat.Rgb8);
    }

    /// <summary>Differences count relative to values above 1: boxes are in pixels.</summary>
    private static void RequireEqual(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.InRange(expected.Zip(found, (a, b) => Math.Abs(a - b) / Math.Max(1, Math.Abs(a))).Max(), 0, 1e-5f);
    }

    /// <summary>Noise gives many nearly equal scores, whose order depends on rounding, so the best one is compared.</summary>
    private static void RequireEqual(DetectionResult expected, DetectionResult found)
    {
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Max(one => one.Score), found.Max(one => one.Score), 1e-5f);
        Assert.Equal(expected.MaxBy(one => one.Score).Name, found.MaxBy(one => one.Score).Name);
    }
}
