namespace Graft.Runtime.Tests;

/// <summary>Outputs that no detection can have are an error with the model's name, never a box and never silence.</summary>
[SideBySide]
public sealed class BadNumbersTests
{
    private const float NaN = float.NaN, Infinity = float.PositiveInfinity;

    public static TheoryData<string, float[], bool> Wrong { get; } = new()
    {
        { "0.9 is NaN", [NaN, 4, 4, 4, 2, 2, 2, 2, 0.9f, 0, 0, 0], true },
        { "0.9 is", [4, 4, 4, 4, Infinity, 2, 2, 2, 0.9f, 0, 0, 0], true },
        { "score", [4, 4, 4, 4, 2, 2, 2, 2, Infinity, 0, 0, 0], true },
        { "a score is not a number", [4, 4, 4, 4, 2, 2, 2, 2, 0, NaN, 0, 0], true },
        { "a score is not a number", [4, 4, 4, 4, 2, 2, 2, 2, NaN, NaN, NaN, NaN], false },
        { "a score is not a number", [4, 4, 4, 4, 2, 2, 2, 2, 0, 0, NaN, 0], false },
    };

    public static TheoryData<string, float[]> WrongFinal { get; } = new()
    {
        { "is 1, NaN, 3, 4", [1, NaN, 3, 4, 0.9f, 1] },
        { "a score is not a number", [1, 2, 3, 4, NaN, 1] },
        { "class -1", [1, 2, 3, 4, 0.9f, -1] },
        { "class -1", [1, 2, 3, 4, 0.9f, NaN] },
        { "class -1", [1, 2, 3, 4, 0.9f, Infinity] },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void NumbersThatAreNoDetection_AreNamed(string expected, float[] values, bool multiLabel)
        => Fails(Giving(values, multiLabel, 1, 6, 2), expected);

    [Theory]
    [MemberData(nameof(WrongFinal))]
    public void FinalBoxesThatAreNone_AreNamed(string expected, float[] box)
        => Fails(Giving([.. box, 0, 0, 0, 0, 0, 0], true, 1, 2, 6), expected);

    [Fact]
    public void BoxesBelowTheThreshold_AreNotLookedAt()
    {
        using OnnxDetector detector = OnnxDetector.Load(Giving([NaN, 4, NaN, 4, 2, 2, 2, 2, 0.1f, 0.9f, 0, 0], true, 1, 6, 2));
        Assert.Equal(0.9f, Assert.Single(detector.Detect(new byte[64], 8, 8, 8, PixelFormat.Mono8)).Score);
    }

    private static void Fails(byte[] model, string expected)
    {
        using OnnxDetector detector = OnnxDetector.Load(model);
        for (int call = 0; call < 2; call++)
        {
            OnnxDetectorException error = Assert.Throws<OnnxDetectorException>(() => detector.Detect(new byte[64], 8, 8, 8, PixelFormat.Mono8));
            Assert.Equal(FailureKind.Model, error.Kind);
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
            Assert.Contains("finite numbers are expected", error.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>A model that gives the same values for every image.</summary>
    private static byte[] Giving(float[] values, bool multiLabel, params long[] shape)
    {
        TestModel model = new();
        string nothing = model.Add("Mul", model.ReduceMax(model.Input("images", 1, 3, 8, 8), false, 1, 2, 3), model.Constant([0f], 1));
        model.Output("output0", model.Add("Add", model.Constant(values, shape), nothing), shape);
        model.Metadata["names"] = "{0: 'a', 1: 'b'}";
        model.Metadata["x-graft-postprocess"] = $$"""{"multi_label":{{(multiLabel ? "true" : "false")}}}""";
        return model.ToBytes();
    }
}
