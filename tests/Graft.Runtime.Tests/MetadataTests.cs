using Graft.Runtime.Models;
using static Graft.Runtime.Tests.Pictures;

namespace Graft.Runtime.Tests;

[SideBySide]
public sealed class MetadataTests
{
    [Theory]
    [InlineData("{0: 'scratch', 1: 'dent'}", new[] { "scratch", "dent" })]
    [InlineData("""{0: "it's", 1: 'a, b: c'}""", new[] { "it's", "a, b: c" })]
    [InlineData("""{1: 'b', 0: 'say \'a\''}""", new[] { "say 'a'", "b" })]
    [InlineData("['a', \"b\"]", new[] { "a", "b" })]
    [InlineData(" {'0': 'a',} ", new[] { "a" })]
    [InlineData("{0: 'a', 2: 'b'}", null)]
    [InlineData("{0: 'a' 1: 'b'}", null)]
    [InlineData("{0: 'a', 0: 'b'}", null)]
    [InlineData("{0: 'a}", null)]
    [InlineData("{0}", null)]
    [InlineData("{}", null)]
    [InlineData("a, b", null)]
    public void NamesOfOtherExporters_AreRead(string text, string[]? expected) => Assert.Equal(expected, PythonLiteral.ReadNames(text));

    [Fact]
    public void OurModel_AssumesNothing()
    {
        using OnnxDetector detector = OnnxDetector.Load(ColourModel.Bytes(change: metadata =>
        {
            metadata["x-graft-postprocess"] = ColourModel.Post(score: 0.4, iou: 0.6, most: 7, multiLabel: false, agnostic: true);
            metadata["x-graft-thresholds"] = """{"green":0.9}""";
            metadata["x-graft-proof"] = """{"max_abs":0}""";
        }));
        ModelDescription model = detector.Model;
        Assert.Empty(model.Assumptions);
        Assert.Equal(["red", "green", "blue"], model.Names);
        Assert.Equal((64, 64, 1, false, false), (model.InputWidth, model.InputHeight, model.BatchSize, model.IsSizeDynamic, model.IsEndToEnd));
        Assert.Equal((0.4, 0.6, 7, false, true), (model.ScoreThreshold, model.IouThreshold, model.MaxPerImage, model.IsMultiLabel, model.IsClassAgnostic));
        Assert.Equal(0.9, model.ClassThresholds["green"]);
        Assert.Equal("""{"max_abs":0}""", model.Metadata["x-graft-proof"]);
    }

    [Fact]
    public void AModelWithoutOurKeys_WorksByTheLoadersConventions_AndSaysWhatWasAssumed()
    {
        byte[] bare = ColourModel.Bytes(height: -1, width: -1, copies: 3, change: metadata => metadata.Clear());
        using OnnxDetector detector = OnnxDetector.Load(bare, new OnnxDetectorOptions { InputHeight = 60 });
        Assert.Equal((640, 64), (detector.Model.InputWidth, detector.Model.InputHeight));
        Assert.Equal(["class 0", "class 1", "class 2"], detector.Names);
        Assert.Equal(4, detector.Model.Assumptions.Count);
        Assert.Contains("640 × 640", detector.Model.Assumptions[0], StringComparison.Ordinal);

        // 32 × 32 is enlarged to 64 × 64 and centred in 640 × 64; bilinear edges move by less than a pixel.
        Detection one = Assert.Single(detector.Detect(Draw(32, 32, (8, 8, 16, 12, Green)), 32, 32, 96, PixelFormat.Rgb8));
        Assert.Equal("class 1", one.Name);
        Assert.True(one.Box.IntersectionOverUnion(new Box(8, 8, 24, 20)) > 0.85, one.ToString());
    }

    [Fact]
    public void AnEndToEndModelOfOthers_IsTold()
    {
        using OnnxDetector told = OnnxDetector.Load(ColourModel.Bytes(isEndToEnd: true, change: Foreign(("end2end", "True"))));
        using OnnxDetector nms = OnnxDetector.Load(ColourModel.Bytes(isEndToEnd: true, change: Foreign(("args", "{'batch': 1, 'nms': True}"))));
        using OnnxDetector byShape = OnnxDetector.Load(ColourModel.Bytes(isEndToEnd: true, change: Foreign()));
        Assert.All([told, nms, byShape], detector => Assert.True(detector.Model.IsEndToEnd));
        Assert.Equal(told.Model.Assumptions.Count + 1, byShape.Model.Assumptions.Count);
        Assert.Equal("red", Assert.Single(byShape.Detect(Draw(64, 64, (8, 8, 16, 12, Red)), 64, 64, 192, PixelFormat.Rgb8)).Name);
    }

    [Fact]
    public void Thresholds_OfTheCall_OverrideTheDetectors_WhichOverrideTheModels()
    {
        byte[] model = ColourModel.Bytes(change: metadata => metadata["x-graft-thresholds"] = """{"green":0.9}""");
        byte[] pixels = Draw(64, 64, (4, 4, 8, 8, (153, 0, 0)), (20, 20, 8, 8, (0, 204, 0)), (40, 40, 8, 8, (0, 0, 255)));
        using OnnxDetector plain = OnnxDetector.Load(model);
        Assert.Equal(["blue", "red"], Names(plain));
        Assert.Equal(["blue", "green"], Names(plain, new DetectOptions { ScoreThreshold = 0.7 }));
        using OnnxDetector strict = OnnxDetector.Load(model, new OnnxDetectorOptions { ScoreThreshold = 0.7 });
        Assert.Equal(["blue", "green"], Names(strict));
        using OnnxDetector single = OnnxDetector.Load(model, new OnnxDetectorOptions { ClassThresholds = new Dictionary<string, double> { ["red"] = 0.7 } });
        Assert.Equal(["blue"], Names(single));
        Assert.Equal(["blue"], Names(plain, new DetectOptions { MaxPerImage = 1 }));

        string[] Names(OnnxDetector detector, DetectOptions? options = null)
            => [.. detector.Detect(pixels, 64, 64, 192, PixelFormat.Rgb8, options).Select(one => one.Name)];
    }

    private static Action<Dictionary<string, string>> Foreign(params (string Key, string Value)[] more) => metadata =>
    {
        foreach (string key in metadata.Keys.Where(key => key.StartsWith("x-graft", StringComparison.Ordinal)).ToArray())
        {
            metadata.Remove(key);
        }

        foreach ((string key, string value) in more)
        {
            metadata[key] = value;
        }
    };
}
