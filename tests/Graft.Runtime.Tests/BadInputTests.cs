using static Graft.Runtime.Tests.Pictures;

namespace Graft.Runtime.Tests;

/// <summary>Every wrong input is named, with what was expected.</summary>
[SideBySide]
public sealed class BadInputTests
{
    [Fact]
    public void ATruncatedFile_IsNamed_WhereverItIsCut()
    {
        using TemporaryFolder folder = new();
        byte[] model = ColourModel.Bytes();
        string path = folder.At("cut.onnx");
        foreach (int length in new[] { 0, 1, 10, model.Length / 4, model.Length / 2, model.Length - 1 })
        {
            File.WriteAllBytes(path, model[..length]);
            Fails(FailureKind.Model, () => OnnxDetector.Load(path), path);
            Fails(FailureKind.Model, () => OnnxDetector.Load(model[..length]));
        }
    }

    [Fact]
    public void NotAModel_IsNamed()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("text.onnx", "This is a text and no model at all, but long enough to look like one.");
        Fails(FailureKind.Model, () => OnnxDetector.Load(path), path, "not a complete ONNX file");
        Fails(FailureKind.Model, () => OnnxDetector.Load(folder.At("nothing.onnx")), "nothing.onnx does not exist");
        Fails(FailureKind.Model, () => OnnxDetector.Load(folder.Path), "is a folder");
    }

    [Theory]
    [InlineData(999, 8, "opset is 999")]
    [InlineData(17, 99, "IR version is 99")]
    public void ANewerModel_IsNamed(int opset, int irVersion, string expected)
    {
        TestModel model = new() { Opset = opset, IrVersion = irVersion };
        model.Output("output0", model.Add("Relu", model.Input("images", 1, 3, 8, 8)), 1, 3, 8, 8);
        Fails(FailureKind.Model, () => OnnxDetector.Load(model.ToBytes()), "newer than this ONNX Runtime", expected, "is the newest", "opset 17");
    }

    [Fact]
    public void AnUnknownOperator_IsNamed_WhateverTheFileIsCalled()
    {
        using TemporaryFolder folder = new();
        TestModel model = new();
        model.Output("output0", model.Add("Sharpen", model.Input("images", 1, 3, 8, 8)), 1, 3, 8, 8);
        string path = folder.At("line-opset17.onnx");
        File.WriteAllBytes(path, model.ToBytes());
        OnnxDetectorException error = Assert.Throws<OnnxDetectorException>(() => OnnxDetector.Load(path));
        Assert.Equal(FailureKind.Model, error.Kind);
        Assert.Contains("Sharpen", error.Message, StringComparison.Ordinal);
        Assert.Contains("ConfigureSession", error.Hint, StringComparison.Ordinal);
        Assert.All(["newer", "onnxruntime_src", "ErrorCode"], part => Assert.DoesNotContain(part, error.Message, StringComparison.Ordinal));
        Assert.Equal(error.Message.IndexOf(path, StringComparison.Ordinal), error.Message.LastIndexOf(path, StringComparison.Ordinal));
    }

    [Fact]
    public void AForeignGraph_IsNamed_WithWhatIsExpected()
    {
        TestModel classifier = new();
        classifier.Output("scores", classifier.ReduceMax(classifier.Input("images", 1, 3, 8, 8), false, 2, 3), 1, 3);
        Fails(FailureKind.Model, () => OnnxDetector.Load(classifier.ToBytes()), "scores [1, 3]", "[batch, 4 + classes, anchors]");

        TestModel two = new();
        two.Output("sum", two.Add("Add", two.Input("a", 1, 3, 8), two.Input("b", 1, 3, 8)), 1, 3, 8);
        Fails(FailureKind.Model, () => OnnxDetector.Load(two.ToBytes()), "a [1, 3, 8], b [1, 3, 8]");

        TestModel bytes = new();
        string cast = bytes.Add("Cast", [bytes.Input("images", Onnx.TensorProto.Types.DataType.Uint8, 1, 3, 8, 8)], ("to", [1]));
        bytes.Output("output0", bytes.ReduceMax(cast, false, 3), 1, 3, 8);
        Fails(FailureKind.Model, () => OnnxDetector.Load(bytes.ToBytes()), "images is of type UInt8", "float32");
    }

    [Fact]
    public void AnOutputOfAnotherFamily_IsNamed()
    {
        TestModel model = new();
        string flat = model.Add("Reshape", model.Input("images", 1, 3, 8, 8), model.Integers(1, 24, 8));
        model.Output("output0", flat, 1, 24, 8);
        model.Metadata["names"] = "{0: 'a', 1: 'b', 2: 'c'}";
        Fails(FailureKind.Model, () => OnnxDetector.Load(model.ToBytes()), "output0 [1, 24, 8]", "[batch, 7, anchors] is expected for 3 names", "YOLOv5");
    }

    [Theory]
    [InlineData("task", "segment", "task 'segment'")]
    [InlineData("x-graft-format", "2", "format 2")]
    [InlineData("x-graft-format", "new", "x-graft-format")]
    [InlineData("x-graft-names", "{", "x-graft-names is not JSON")]
    [InlineData("x-graft-names", """["red","green"]""", "[batch, 6, anchors] is expected for 2 names")]
    [InlineData("x-graft-names", """["red",3,"x"]""", "holds 3")]
    [InlineData("x-graft-postprocess", """{"decode":"yolo5"}""", "yolo5")]
    [InlineData("x-graft-postprocess", """{"decode":"end2end"}""", "[batch, boxes, 6]")]
    [InlineData("x-graft-postprocess", """{"score":"high"}""", "score")]
    [InlineData("x-graft-postprocess", """{"iou":1.5}""", "from 0 to 1")]
    [InlineData("x-graft-preprocess", """{"channels":"bgr"}""", "bgr")]
    [InlineData("x-graft-preprocess", """{"range":255}""", "range")]
    [InlineData("x-graft-preprocess", """{"fit_first":1}""", "true or false")]
    [InlineData("x-graft-thresholds", """{"red":2}""", "red")]
    public void WrongMetadata_IsNamedByItsKey(string key, string value, string expected)
        => Fails(FailureKind.Model, () => OnnxDetector.Load(ColourModel.Bytes(change: metadata => metadata[key] = value)), expected);

    [Theory]
    [InlineData(0, 10, 30, PixelFormat.Rgb8, 300, "0 × 10")]
    [InlineData(10, 0, 30, PixelFormat.Rgb8, 300, "10 × 0")]
    [InlineData(-5, 10, 30, PixelFormat.Rgb8, 300, "-5 × 10")]
    [InlineData(10, 10, 29, PixelFormat.Rgb8, 300, "stride is 29")]
    [InlineData(10, 10, -30, PixelFormat.Rgb8, 300, "stride is -30")]
    [InlineData(10, 10, 30, PixelFormat.Bgra8, 300, "has 40")]
    [InlineData(10, 10, 30, PixelFormat.Rgb8, 299, "has 299 bytes")]
    [InlineData(10, 10, 30, (PixelFormat)77, 300, "pixel format 77")]
    [InlineData(2000000000, 2000000000, int.MaxValue, PixelFormat.Mono8, 300, "has 300 bytes")]
    public void AWrongBuffer_IsNamed(int width, int height, int stride, PixelFormat format, int length, string expected)
    {
        using OnnxDetector detector = OnnxDetector.Load(ColourModel.Bytes());
        Fails(FailureKind.Data, () => detector.Detect(new byte[length], width, height, stride, format), expected);
        Fails(FailureKind.Data, () => detector.DetectBatch([new ImageBuffer(new byte[length], width, height, stride, format)]), expected);
    }

    [Fact]
    public void ALastRowWithoutItsSlack_IsEnough()
    {
        using OnnxDetector detector = OnnxDetector.Load(ColourModel.Bytes());
        byte[] pixels = Draw(64, 64, PixelFormat.Rgb8, 256, (10, 20, 8, 12, Red));
        Assert.Single(detector.Detect(pixels.AsSpan(0, (63 * 256) + 192), 64, 64, 256, PixelFormat.Rgb8));
        Fails(FailureKind.Data, () => detector.Detect(pixels.AsSpan(0, (63 * 256) + 191), 64, 64, 256, PixelFormat.Rgb8), "16320");
    }

    [Fact]
    public void WrongOptions_AreNamed()
    {
        byte[] model = ColourModel.Bytes(), pixels = Draw(64, 64);
        Fails(FailureKind.Usage, () => OnnxDetector.Load(model, new OnnxDetectorOptions { ScoreThreshold = 1.5 }), "ScoreThreshold is 1.5");
        Fails(FailureKind.Usage, () => OnnxDetector.Load(model, new OnnxDetectorOptions { ScoreThreshold = double.NaN }), "ScoreThreshold is NaN");
        Fails(FailureKind.Usage, () => OnnxDetector.Load(model, new OnnxDetectorOptions { MaxBatch = 0 }), "MaxBatch is 0");
        Fails(FailureKind.Usage, () => OnnxDetector.Load(model, new OnnxDetectorOptions { Threads = -1 }), "Threads is -1");
        Fails(FailureKind.Usage, () => OnnxDetector.Load(model, new OnnxDetectorOptions { InputWidth = 128 }), "InputWidth is 128", "64 only");
        Fails(FailureKind.Usage, () => OnnxDetector.Load(model, new OnnxDetectorOptions { ClassThresholds = new Dictionary<string, double> { ["rde"] = 0.5 } }), "rde", "red");
        Fails(FailureKind.Usage, () => OnnxDetector.Load(model, new OnnxDetectorOptions { ConfigureSession = session => session.AppendExecutionProvider_CUDA() }), "ConfigureSession", "CPUExecutionProvider");
        using OnnxDetector detector = OnnxDetector.Load(model);
        foreach ((DetectOptions options, string expected) in new[]
        {
            (new DetectOptions { IouThreshold = -1 }, "IouThreshold is -1"),
            (new DetectOptions { MaxPerImage = 0 }, "MaxPerImage is 0"),
            (new DetectOptions { Region = new PixelRegion(60, 0, 5, 5) }, "inside the image of 64 × 64"),
            (new DetectOptions { Region = new PixelRegion(0, 0, 0, 5) }, "0 × 5"),
            (new DetectOptions { Region = new PixelRegion(int.MaxValue, 0, int.MaxValue, 5) }, "inside the image"),
            (new DetectOptions { Low = 5, High = 5 }, "5 to 5"),
            (new DetectOptions { Tiles = new TileOptions { Overlap = 1 } }, "overlap of 1"),
            (new DetectOptions { Tiles = new TileOptions { JoinIou = 2 } }, "JoinIou is 2"),
        })
        {
            Fails(FailureKind.Usage, () => detector.Detect(pixels, 64, 64, 192, PixelFormat.Rgb8, options), expected);
        }

        // A refused call leaves the detector as it was.
        Assert.Empty(detector.Detect(pixels, 64, 64, 192, PixelFormat.Rgb8));
    }

    [Fact]
    public void SettingsOfTheSession_ArePassedThrough()
    {
        int calls = 0;
        using OnnxDetector detector = OnnxDetector.Load(ColourModel.Bytes(), new OnnxDetectorOptions
        {
            Threads = 1,
            AllowSpinning = true,
            WarmUp = true,
            ConfigureSession = session => calls += session.IntraOpNumThreads,
        });
        Assert.Equal(1, calls);
        Assert.Single(detector.Detect(Draw(64, 64, (10, 20, 8, 12, Red)), 64, 64, 192, PixelFormat.Rgb8));
    }

    [Fact]
    public void ImageFilesThatAreNone_AreNamed()
    {
        using TemporaryFolder folder = new();
        using OnnxDetector detector = OnnxDetector.Load(ColourModel.Bytes());
        Fails(FailureKind.Data, () => detector.Detect(folder.At("absent.jpg")), "absent.jpg");
        Fails(FailureKind.Data, () => detector.Detect(folder.Write("text.jpg", "no image")), "text.jpg");
        Fails(FailureKind.Data, () => detector.DetectEncoded("no image"u8.ToArray()), "not a readable image");
    }

    [Fact]
    public async Task ADisposedDetector_SaysSo_AndRunningCallsEnd()
    {
        OnnxDetector detector = OnnxDetector.Load(ColourModel.Bytes(height: 640, width: 640));
        byte[] pixels = Draw(64, 64, (10, 20, 8, 12, Red));
        using ManualResetEventSlim started = new();
        Task<int> running = Task.Run(() =>
        {
            int calls = 0;
            try
            {
                while (true)
                {
                    Assert.Single(detector.Detect(pixels, 64, 64, 192, PixelFormat.Rgb8));
                    calls++;
                    started.Set();
                }
            }
            catch (ObjectDisposedException)
            {
                return calls;
            }
        });
        started.Wait();
        detector.Dispose();
        detector.Dispose();
        Assert.True(await running > 0);
        Assert.Throws<ObjectDisposedException>(() => detector.Detect(pixels, 64, 64, 192, PixelFormat.Rgb8));
    }

    [Fact]
    public async Task ACancelledCall_Ends_AndTheNextOneWorks()
    {
        using OnnxDetector detector = OnnxDetector.Load(ColourModel.Bytes(height: 1024, width: 1024));
        byte[] pixels = Draw(64, 64, (10, 20, 8, 12, Red));
        using CancellationTokenSource before = new();
        await before.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => detector.DetectAsync("any.jpg", cancellation: before.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => detector.Detect(pixels, 64, 64, 192, PixelFormat.Rgb8, cancellation: before.Token));
        for (int i = 0; i < 20; i++)
        {
            using CancellationTokenSource during = new();
            Task<DetectionResult> call = detector.DetectAsync(new ImageBuffer(pixels, 64, 64, 192, PixelFormat.Rgb8), cancellation: during.Token);
            await Task.Delay(i % 7);
            await during.CancelAsync();
            try
            {
                Assert.Single(await call);
            }
            catch (OperationCanceledException error)
            {
                Assert.Equal(during.Token, error.CancellationToken);
            }

            Assert.Single(detector.Detect(pixels, 64, 64, 192, PixelFormat.Rgb8, cancellation: CancellationToken.None));
        }
    }

    private static void Fails(FailureKind kind, Action action, params string[] parts)
    {
        OnnxDetectorException error = Assert.Throws<OnnxDetectorException>(action);
        Assert.Equal(kind, error.Kind);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }
}
