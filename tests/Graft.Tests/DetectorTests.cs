using System.Text.RegularExpressions;
using Graft.Adapters;
using Graft.Configuration;
using Graft.Detectors;
using Graft.Rewriting;
using Graft.Runs;
using Graft.Synthetic;
using Graft.Tests.Rewriting;
using Graft.Torch.Images;
using PixelFormat = Graft.Runtime.PixelFormat;

namespace Graft.Tests;

/// <summary>The `Detector` class for programs, on a small network with random weights.</summary>
public sealed partial class DetectorTests : IDisposable
{
    private const int Width = 50, Height = 40;
    private static readonly Vocabulary Words = Vocabulary.StandIn(["scratch", "dent", "stain", "crack", "hole"], 24);
    private static readonly DetectorOptions Everything = new() { ScoreThreshold = 0 };

    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _pixels = new byte[3 * Width * Height];
    private readonly string _model, _image;

    public DetectorTests()
    {
        _model = WriteModel(_folder.At("model.safetensors"));
        new Random(3).NextBytes(_pixels);
        _image = _folder.At("board.png");
        using Image image = DetectorPixels.Copy(_pixels, Width, Height, PixelFormat.Bgr8, 0);
        File.WriteAllBytes(_image, image.Encode(".png"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Detections_MatchThePredictor_WithClassNames()
    {
        using TrainedModel model = TrainedModel.Open(_model, []);
        using Image image = Image.Load(_image);
        Detection[] expected = new Predictor(model.Detector, 64, model.Config.Predict with { ScoreThreshold = 0 }).Detect(image);
        using Detector detector = Detector.Open(_model, Everything);
        IReadOnlyList<Detection> found = detector.Detect(_image);
        Assert.NotEmpty(found);
        Assert.Equal(expected, found.Select(one => one with { ClassName = null }));
        Assert.All(found, one => Assert.Equal(Words.Names[one.Label], one.ClassName));
        Assert.All(found, one => Assert.Matches(Line(), one.ToString()));
        Assert.Equal(Words.Names, detector.ClassNames);
        Assert.Equal((64, null), (detector.ImageSize, detector.Training));
    }

    [Fact]
    public void Buffers_AreReadInEveryFormatAndWithAStride()
    {
        using Detector detector = Detector.Open(_model, Everything);
        IReadOnlyList<Detection> expected = detector.Detect(_image);
        Assert.Equal(expected, detector.Detect(_pixels, Width, Height));
        Assert.Equal(expected, detector.Detect(Buffer(3, reverse: true), Width, Height, PixelFormat.Rgb8));
        Assert.Equal(expected, detector.Detect(Buffer(4, reverse: false), Width, Height, PixelFormat.Bgra8));
        Assert.Equal(expected, detector.Detect(Buffer(4, reverse: true), Width, Height, PixelFormat.Rgba8));
        byte[] padded = new byte[((Height - 1) * 160) + (Width * 3)];
        for (int y = 0; y < Height; y++)
        {
            _pixels.AsSpan(y * Width * 3, Width * 3).CopyTo(padded.AsSpan(y * 160));
        }

        Assert.Equal(expected, detector.Detect(padded, Width, Height, stride: 160));
        byte[] gray = [.. Enumerable.Range(0, Width * Height).Select(i => (byte)i)], equal = [.. gray.SelectMany(level => new[] { level, level, level })];
        Assert.Equal(detector.Detect(equal, Width, Height), detector.Detect(gray, Width, Height, PixelFormat.Mono8));
        using Image single = new(Width, Height, Colour.Grey(90), channels: 1), triple = new(Width, Height, Colour.Grey(90));
        Assert.Equal(detector.Detect(triple), detector.Detect(single));
    }

    [Theory]
    [InlineData(0, 40, PixelFormat.Bgr8, 0, "0×40")]
    [InlineData(50, 41, PixelFormat.Bgr8, 0, "6000 bytes")]
    [InlineData(50, 40, PixelFormat.Rgba8, 0, "have 8000")]
    [InlineData(50, 40, PixelFormat.Bgr8, 149, "stride is 149")]
    [InlineData(50, 40, PixelFormat.Mono16, 0, "format is Mono16")]
    [InlineData(50, 40, (PixelFormat)9, 0, "format is 9")]
    [InlineData(int.MaxValue, int.MaxValue, PixelFormat.Bgr8, 0, "6000 bytes")]
    public void BuffersThatHoldNoSuchImage_AreRefused(int width, int height, PixelFormat format, int stride, string words)
    {
        using Detector detector = Detector.Open(_model);
        GraftException error = Assert.Throws<GraftException>(() => detector.Detect(_pixels, width, height, format, stride));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Thresholds_ApplyWhenOpeningAndPerCall()
    {
        using Detector all = Detector.Open(_model, Everything);
        IReadOnlyList<Detection> found = all.Detect(_image);
        double middle = found[found.Count / 2].Score;
        Assert.Equal(found.TakeWhile(one => one.Score > middle), all.Detect(_image, scoreThreshold: middle));
        using Detector some = Detector.Open(_model, new DetectorOptions { ScoreThreshold = middle, ImageSize = 96, Settings = ["predict.max_per_image=2"] });
        Assert.Equal(96, some.ImageSize);
        Assert.InRange(some.Detect(_image).Count, 0, 2);
        Assert.Contains("scoreThreshold is 2", Assert.Throws<GraftException>(() => some.Detect(_image, 2)).Message, StringComparison.Ordinal);
        Assert.Contains("ScoreThreshold is -1", Assert.Throws<GraftException>(() => Detector.Open(_model, new DetectorOptions { ScoreThreshold = -1 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OtherClassNames_AreDetected_AndThoseWithoutMeaningAreNoted()
    {
        using Detector detector = Detector.Open(_model, Everything with { Vocabulary = Vocabulary.StandIn(["hole", "sratch"], 24) });
        Assert.Equal(["hole", "sratch"], detector.ClassNames);
        Assert.Contains("did you mean scratch", Assert.Single(detector.Notes), StringComparison.Ordinal);
        Assert.All(detector.Detect(_image), one => Assert.InRange(one.Label, 0, 1));
    }

    [Fact]
    public void UnusableModels_FailAsInTheCommandLine()
    {
        string missing = _folder.At("absent.safetensors"), damaged = _folder.Write("damaged.safetensors", "no weights");
        foreach (string path in new[] { missing, damaged, _folder.Path })
        {
            Assert.Equal(
                Assert.Throws<GraftException>(() => TrainedModel.Open(path, [])).Message, Assert.Throws<GraftException>(() => Detector.Open(path)).Message);
        }

        using Detector detector = Detector.Open(_model);
        Assert.Equal(Failure.Data, Assert.Throws<GraftException>(() => detector.Detect(damaged)).Failure);
    }

    [Fact]
    public void SeveralThreads_AreSerialised()
    {
        using Detector detector = Detector.Open(_model, Everything);
        IReadOnlyList<Detection> expected = detector.Detect(_image);
        IReadOnlyList<Detection>[] found = new IReadOnlyList<Detection>[12];
        Parallel.For(0, found.Length, i => found[i] = detector.Detect(_image));
        Assert.All(found, one => Assert.Equal(expected, one));
    }

    [Fact]
    public void Disposed_RefusesToWork()
    {
        Detector detector = Detector.Open(_model);
        detector.Dispose();
        detector.Dispose();
        Assert.Throws<ObjectDisposedException>(() => detector.Detect(_image));
        Assert.Throws<ObjectDisposedException>(() => detector.Merge(_folder.At("merged.safetensors")));
        Assert.Throws<ObjectDisposedException>(() => detector.Adapt(_folder.Path));
    }

    [Fact]
    public void Merge_WritesTheProvedModel_OrThrowsWithTheProof()
    {
        string merged = _folder.At("merged.safetensors"), refused = _folder.At("refused.safetensors");
        using Detector detector = Detector.Open(_model, Everything);
        RewriteReport report = detector.Merge(merged);
        Assert.True(report.Exact);
        Assert.Empty(report.Left);
        using Detector opened = Detector.Open(merged, Everything);
        Assert.Equal(Words.Names, opened.ClassNames);
        Assert.Equal(detector.Detect(_image)[0].Score, opened.Detect(_image)[0].Score, 1e-4);

        MergeRefusedException error = Assert.Throws<MergeRefusedException>(() => detector.Merge(refused, tolerance: 0));
        Assert.NotNull(error.Proof);
        Assert.False(File.Exists(refused));
        Assert.Equal(Failure.Usage, Assert.Throws<GraftException>(() => detector.Merge(_model)).Failure);
        Assert.Equal(Failure.Usage, Assert.Throws<GraftException>(() => detector.Merge(_folder.At("merged.bin"))).Failure);
    }

    [Fact]
    public void AdaptWithoutSettings_DoesWhatStartAdaptDoes()
    {
        using TrainedModel model = TrainedModel.Open(_model, []);
        RunConfig start = ConfigFinder.Load("start/adapt", []).Value, config = DetectorAdaptation.ConfigOf(model, "data", new AdaptOptions());
        Assert.Equal(Yaml(start.Tuning!), Yaml(config.Tuning!));
        Assert.Equal(start.Train with { Imgsz = 64 }, config.Train);
        Assert.Equal(config.Train, DetectorAdaptation.ConfigOf(model, "data", new AdaptOptions { Strategy = "start/adapt" }).Train);
        Assert.Equal(Yaml(model.Config.Model), Yaml(config.Model));
        Assert.Equal("data", config.Data.Root);
        RunConfig own = DetectorAdaptation.ConfigOf(model, "data", new AdaptOptions
        {
            Adapters = [new LoraOptions { At = ["neck.**"], Rank = 2 }],
            Epochs = 3,
            ImageSize = 96,
            Batch = 2,
            LearningRate = 0.5,
            Seed = 4,
            Settings = ["train.workers=0"],
        });
        Assert.IsType<LoraOptions>(Assert.Single(own.Tuning!.Adapters));
        Assert.Equal((3, 96, 2, 0.5, 4, 0), (own.Train.Epochs, own.Train.Imgsz, own.Train.Batch, own.Train.Lr, own.Train.Seed, own.Train.Workers));
        Assert.Throws<GraftException>(() => DetectorAdaptation.ConfigOf(model, "data", new AdaptOptions { Epochs = 0 }));
    }

    [Fact]
    public void DamagedImages_AreReadAsTheConfigurationSays()
    {
        string cut = _folder.At("cut.jpg");
        using (Image image = Image.Load(_image))
        {
            byte[] whole = image.Encode(".jpg");
            File.WriteAllBytes(cut, whole[..(whole.Length * 2 / 3)]);
        }

        using Detector strict = Detector.Open(_model, Everything), lenient = Detector.Open(_model, Everything with { Settings = ["data.damaged=use"] });
        Assert.Contains("damaged image", Assert.Throws<GraftException>(() => strict.Detect(cut)).Message, StringComparison.Ordinal);
        Assert.NotEmpty(lenient.Detect(cut));
    }

    private static string Yaml(object record) => ConfigWriter.ToYaml(record);

    internal static string WriteModel(string path)
    {
        RunConfig config = new()
        {
            Model = RandomNetworks.Small,
            Train = new() { Imgsz = 64 },
            Tuning = new TuningOptions { Adapters = [new LoraOptions { Rank = 4, Alpha = 4, At = ["neck.out", "head.reg"] }] },
        };
        using IDetector detector = DetectorFactory.Create(config.Model, Words);
        Tuning.Apply(detector, config);
        RandomNetworks.Shake(detector.Network);
        Checkpoint.Write(path, detector, Words, config);
        return path;
    }

    /// <summary>The pixels with other channels; ignored bytes are 200.</summary>
    private byte[] Buffer(int channels, bool reverse)
    {
        byte[] buffer = [.. Enumerable.Repeat((byte)200, Width * Height * channels)];
        for (int i = 0; i < Width * Height; i++)
        {
            for (int c = 0; c < 3; c++)
            {
                buffer[(i * channels) + (reverse ? 2 - c : c)] = _pixels[(3 * i) + c];
            }
        }

        return buffer;
    }

    [GeneratedRegex(@"^(scratch|dent|stain|crack|hole) [01]\.\d\d at \(\d+(\.\d)?, \d+(\.\d)?\), \d+(\.\d)? × \d+(\.\d)? px$")]
    private static partial Regex Line();
}
