using System.Security.Cryptography;
using Google.FlatBuffers;
using static Graft.Runtime.Tests.Pictures;

namespace Graft.Runtime.Tests;

/// <summary>Adapters and classes are swapped between calls and beside calls that run.</summary>
public sealed class AdapterAndTextTests
{
    private static readonly string Base = Convert.ToHexStringLower(SHA256.HashData("a base"u8)), Other = Convert.ToHexStringLower(SHA256.HashData("another base"u8));

    [Fact]
    public void AnAdapter_ChangesTheModel_AndIsTakenAwayAgain()
    {
        using TemporaryFolder folder = new();
        using OnnxDetector detector = OnnxDetector.Load(Model());
        using OnnxAdapter half = OnnxAdapter.Load(Write(folder, "half", Base, "gain", 0.5f, 0.5f, 1)), none = OnnxAdapter.Load(Write(folder, "none", Base, "gain", 0, 1, 0));
        Assert.Equal(["gain"], half.Parameters);
        Assert.Equal([1f, 1f], Scores(detector));
        detector.Use(half);
        Assert.Equal([1f, 0.5f], Scores(detector));
        detector.Use(none);
        Assert.Empty(Scores(detector));
        Assert.Equal([1f, 0.5f], Scores(detector, new DetectOptions { Adapter = half }));
        detector.Use(null);
        Assert.Equal([1f, 1f], Scores(detector));
    }

    [Fact]
    public void TwentyAdapters_BesideEachOther_GiveEachItsAnswer()
    {
        using TemporaryFolder folder = new();
        using OnnxDetector detector = OnnxDetector.Load(Model());
        OnnxAdapter[] adapters = [.. Enumerable.Range(0, 20).Select(i => OnnxAdapter.Load(Write(folder, $"{i}", Base, "gain", 0.5f + (0.02f * i), 1, 1)))];
        int wrong = 0;
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            float red = detector.Detect(Image, 64, 64, 192, PixelFormat.Rgb8, new DetectOptions { Adapter = adapters[i % 20] }).Single(one => one.Name == "red").Score;
            Interlocked.Add(ref wrong, red == 0.5f + (0.02f * (i % 20)) ? 0 : 1);
        });
        Assert.Equal(0, wrong);
        Array.ForEach(adapters, adapter => adapter.Dispose());
    }

    [Fact]
    public void AnAdapterOfAnotherBase_IsRefused()
    {
        using TemporaryFolder folder = new();
        using OnnxDetector detector = OnnxDetector.Load(Model());
        using OnnxAdapter byHash = OnnxAdapter.Load(Write(folder, "hash", Other, "gain", 1, 1, 1)), byName = OnnxAdapter.Load(Write(folder, "name", Base, "loss", 1, 1, 1));
        OnnxDetectorException hash = Assert.Throws<OnnxDetectorException>(() => detector.Use(byHash));
        Assert.Contains(Base[..8], hash.Message, StringComparison.Ordinal);
        Assert.Contains(Other[..8], hash.Message, StringComparison.Ordinal);
        Assert.Contains("loss", Assert.Throws<OnnxDetectorException>(() => detector.Use(byName)).Message, StringComparison.Ordinal);
        Assert.Equal(FailureKind.Model, Assert.Throws<OnnxDetectorException>(() => Scores(detector, new DetectOptions { Adapter = byHash })).Kind);
        Assert.Equal([1f, 1f], Scores(detector));
        using OnnxDetector without = OnnxDetector.Load(ColourModel.Bytes());
        Assert.Contains("takes no adapters", Assert.Throws<OnnxDetectorException>(() => without.Use(byHash)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ADamagedAdapterFile_IsRefused_WhateverIsWrong()
    {
        using TemporaryFolder folder = new();
        byte[] good = File.ReadAllBytes(Write(folder, "good", Base, "gain", 1, 1, 1));
        string path = folder.At("bad.onnx_adapter");
        Assert.Contains("does not exist", Assert.Throws<OnnxDetectorException>(() => OnnxAdapter.Load(path)).Message, StringComparison.Ordinal);
        for (int length = 0; length < good.Length / 2; length++)
        {
            File.WriteAllBytes(path, good[..length]);
            Assert.Equal(FailureKind.Model, Assert.Throws<OnnxDetectorException>(() => OnnxAdapter.Load(path)).Kind);
        }
    }

    [Fact]
    public void ADisposedAdapter_SaysSo()
    {
        using TemporaryFolder folder = new();
        using OnnxDetector detector = OnnxDetector.Load(Model());
        OnnxAdapter adapter = OnnxAdapter.Load(Write(folder, "half", Base, "gain", 0.5f, 0.5f, 1));
        detector.Use(adapter);
        Assert.Equal(2, Scores(detector).Length);
        adapter.Dispose();
        Assert.Contains("is disposed", Assert.Throws<OnnxDetectorException>(() => Scores(detector)).Message, StringComparison.Ordinal);
        detector.Use(null);
        Assert.Equal([1f, 1f], Scores(detector));
    }

    [SharedFact]
    public void TheReferenceAdapterFile_IsRead()
    {
        using OnnxAdapter adapter = OnnxAdapter.Load(Shared.PathOf("golden", "onnx_adapter", "adapter.onnx_adapter"));
        Assert.NotEmpty(adapter.Parameters);
    }

    [Fact]
    public void Classes_AreSwapped_WhereTheModelTakesEmbeddings()
    {
        byte[] embeddings = [.. new float[] { 1, 0, 0, 0, 1, 0, 0, 0, 1 }.SelectMany(BitConverter.GetBytes)];
        using OnnxDetector detector = OnnxDetector.Load(TextModel(Convert.ToBase64String(embeddings)));
        Assert.Equal(3, detector.Model.TextWidth);
        Assert.Equal(["blue", "red"], Names(detector));
        detector.SetVocabulary(["sky", "not sky"], [0, 0, 1, 1, 0.5f, 0]);
        Assert.Equal(["sky", "not sky"], detector.Names);
        Assert.Equal(["not sky", "sky"], Names(detector));
        detector.SetVocabulary(["grass", "a", "b", "c"], [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        Assert.Empty(Names(detector));
    }

    [Fact]
    public void WrongVocabularies_AreRefused()
    {
        using OnnxDetector detector = OnnxDetector.Load(TextModel(null));
        Fails("SetVocabulary", () => Scores(detector));
        Fails("3 numbers for each name", () => detector.SetVocabulary(["a", "b"], [1, 2, 3]));
        Fails("at least one name", () => detector.SetVocabulary([], []));
        Fails("\"a\" is given 2 times", () => detector.SetVocabulary(["a", "a"], [1, 2, 3, 4, 5, 6]));
        using OnnxDetector closed = OnnxDetector.Load(ColourModel.Bytes());
        Fails("fixed classes (red, green, blue)", () => closed.SetVocabulary(["a"], [1, 2, 3]));
        Assert.Equal(FailureKind.Model, Assert.Throws<OnnxDetectorException>(() => OnnxDetector.Load(TextModel("AAAA"))).Kind);
    }

    [Fact]
    public void Prompts_AreEmbeddedByTheEncoderOfTheModel()
    {
        using OnnxDetector detector = OnnxDetector.Load(TextModel(null, "colours", "AB12"));
        using Colours encoder = new("ab12");
        detector.SetPrompts(encoder, ["blue", "green"]);
        Assert.Equal(["blue"], Names(detector));
        detector.SetPrompts(encoder, [("sky", "blue"), ("rose", "red")]);
        Assert.Equal(["rose", "sky"], Names(detector));
        Assert.Equal(new TextEncoderId("colours", "AB12", 3), detector.Model.TextEncoder);
    }

    [Fact]
    public void PromptsThatCannotBeUsed_AreRefused()
    {
        using OnnxDetector detector = OnnxDetector.Load(TextModel(null, "colours", "ab12"));
        using Colours encoder = new("ab12"), other = new("cd34"), wide = new("ab12", 5);
        Fails("another text encoder", () => detector.SetPrompts(other, ["blue"]));
        Fails("Use colours", () => detector.SetPrompts(other, ["blue"]));
        Fails("5 wide", () => detector.SetPrompts(wide, ["blue"]));
        Fails("Prompt 1 is blank", () => detector.SetPrompts(encoder, ["blue", " "]));
        Fails("at least one name", () => detector.SetPrompts(encoder, Array.Empty<string>()));
        Fails("\"blue\" is given 2 times", () => detector.SetPrompts(encoder, ["blue", "blue"]));
        using OnnxDetector closed = OnnxDetector.Load(ColourModel.Bytes());
        Fails("fixed classes", () => closed.SetPrompts(encoder, ["blue"]));
        Assert.Null(closed.Model.TextEncoder);
    }

    private static byte[] Image { get; } = Draw(64, 64, (10, 20, 8, 12, Red), (40, 5, 20, 30, Blue));

    private static byte[] Model() => ColourModel.Bytes(
        hasAdapter: true, change: metadata => metadata["x-graft-adapter-inputs"] = $$"""{"base_sha256":"{{Base}}","inputs":["gain"]}""");

    private static byte[] TextModel(string? embeddings, string? encoder = null, string? hash = null) => ColourModel.Bytes(hasText: true, change: metadata =>
    {
        metadata["x-graft-text"] = encoder is null ? """{"input":"text","width":3,"source":"test","default":"text_default"}"""
            : $$"""{"input":"text","width":3,"source":"test","encoder":"{{encoder}}","encoder_sha256":"{{hash}}"}""";
        if (embeddings is not null)
        {
            metadata["x-graft-text-default"] = embeddings;
        }
    });

    private static void Fails(string part, Action action)
    {
        OnnxDetectorException error = Assert.Throws<OnnxDetectorException>(action);
        Assert.Equal(FailureKind.Usage, error.Kind);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    private static float[] Scores(OnnxDetector detector, DetectOptions? options = null)
        => [.. detector.Detect(Image, 64, 64, 192, PixelFormat.Rgb8, options).Select(one => one.Score)];

    private static string[] Names(OnnxDetector detector)
        => [.. detector.Detect(Image, 64, 64, 192, PixelFormat.Rgb8).Select(one => one.Name).Order()];

    /// <summary>Writes an adapter file with one parameter [1, 1, 3].</summary>
    private static string Write(TemporaryFolder folder, string file, string sha256, string name, params float[] values)
    {
        FlatBufferBuilder builder = new(256);
        byte[] data = [.. values.SelectMany(BitConverter.GetBytes)];
        StringOffset text = builder.CreateString(name);
        builder.StartVector(8, 3, 8);
        builder.AddLong(3);
        builder.AddLong(1);
        builder.AddLong(1);
        VectorOffset dims = builder.EndVector();
        builder.StartVector(1, data.Length, 8);
        for (int i = data.Length - 1; i >= 0; i--)
        {
            builder.AddByte(data[i]);
        }

        VectorOffset raw = builder.EndVector();
        builder.StartTable(4);
        builder.AddOffset(0, text.Value, 0);
        builder.AddOffset(1, dims.Value, 0);
        builder.AddInt(2, 1, 0);
        builder.AddOffset(3, raw.Value, 0);
        int parameter = builder.EndTable();
        builder.StartVector(4, 1, 4);
        builder.AddOffset(parameter);
        VectorOffset parameters = builder.EndVector();
        builder.StartTable(4);
        builder.AddInt(0, 1, 0);
        builder.AddInt(1, 1, 0);
        builder.AddInt(2, BitConverter.ToInt32(Convert.FromHexString(sha256[..8])), 0);
        builder.AddOffset(3, parameters.Value, 0);
        builder.Finish(builder.EndTable(), "TORT");
        string path = folder.At($"{file}.onnx_adapter");
        File.WriteAllBytes(path, builder.SizedByteArray());
        return path;
    }

    /// <summary>An encoder that knows three colours.</summary>
    private sealed class Colours(string hash, int width = 3) : ITextEncoder
    {
        public TextEncoderId Id { get; } = new("colours", hash, width);

        public string Reading(string prompt) => prompt;

        public string? Remark(string prompt) => null;

        public float[] Embed(IReadOnlyList<string> prompts, CancellationToken cancellation = default)
            => [.. prompts.SelectMany(prompt => new[] { prompt == "red" ? 1f : 0, prompt == "green" ? 1f : 0, prompt == "blue" ? 1f : 0 })];

        public void Dispose()
        {
        }
    }
}
