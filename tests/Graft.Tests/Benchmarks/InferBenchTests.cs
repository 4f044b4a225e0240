using Graft.Benchmarks;
using Graft.Runs;
using Graft.Tests.Runs;
using Graft.Torch;

namespace Graft.Tests.Benchmarks;

/// <summary>What is compared and reported; times are not looked at.</summary>
public sealed class InferBenchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly AdaptedFiles _files;

    public InferBenchTests()
    {
        // A test is seeded after its class is created.
        TorchRuntime.Seed(3);
        _files = new AdaptedFiles(_folder);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void OneModel_RunsInBothEngines_WithTheSameOutputsAndOperations()
    {
        List<string> steps = [];
        string[] beside = Directory.GetFiles(Environment.CurrentDirectory);
        InferResult result = InferBench.Run(new InferRequest([_files.Base]) { Repetitions = 1 }, steps.Add);
        Assert.Equal(64, result.ImageSize);
        Assert.Equal([InferEngines.Graft, InferEngines.Onnx], result.Rows.Select(row => row.Engine));
        Assert.All(result.Rows, row => Assert.Equal(_files.Base, row.Model));
        Assert.Null(result.Rows[0].Proof);
        Assert.InRange(result.Rows[1].Proof!.MaxAbs, 0, 1e-3);

        // The sums of distributions are products in one engine and sums in the other.
        Assert.InRange(result.Rows[1].Network.Gflops / result.Rows[0].Network.Gflops, 0.97, 1.03);
        Assert.Equal(1, result.Rows[0].Relative);
        Assert.All(result.Rows, row =>
        {
            Assert.Contains(row.Operators, time => time.Kind == OperatorKind.Convolution && time.Calls > 10);
            Assert.Contains(row.Operators, time => time.Kind == OperatorKind.Join);
            Assert.DoesNotContain(row.Operators, time => time.Kind == OperatorKind.Other && time.Name is "silu_" or "add_");
            Assert.Equal(row.Operators.Sum(time => time.Milliseconds), Enum.GetValues<OperatorKind>().Sum(row.Of), 1e-9);
            Assert.NotNull(row.WholeMilliseconds);
        });
        Assert.Equal(
            result.Rows[0].Operators.Single(time => time.Name == "conv2d").Calls,
            result.Rows[1].Operators.Where(time => time.Kind == OperatorKind.Convolution).Sum(time => time.Calls));
        Assert.Contains(steps, step => step.Contains("exporting", StringComparison.Ordinal));
        // A profile is a file, which ONNX Runtime writes into the current folder unless it is told another one.
        Assert.Equal(beside, Directory.GetFiles(Environment.CurrentDirectory));
    }

    [Fact]
    public void OnnxFiles_RunBesideEachOther_AndOneEngineAlone()
    {
        string first = Export("first.onnx", new()), half = Export("half.onnx", new() { Half = true });
        InferResult files = InferBench.Run(new InferRequest([first, half]) { Repetitions = 1 });
        Assert.Equal([first, half], files.Rows.Select(row => row.Model));
        Assert.All(files.Rows, row => Assert.Equal((InferEngines.Onnx, null), (row.Engine, row.Proof)));
        Assert.Equal(files.Rows[0].Network.Gflops, files.Rows[1].Network.Gflops, 1e-9);

        InferResult mixed = InferBench.Run(new InferRequest([_files.Base, first]) { Repetitions = 1, Engines = InferEngines.Graft });
        Assert.Equal([InferEngines.Graft, InferEngines.Onnx], mixed.Rows.Select(row => row.Engine));
    }

    [Fact]
    public void OpenSizes_FollowTheSetting()
    {
        string open = Export("open.onnx", new() { Dynamic = true });
        Assert.Equal(96, InferBench.Run(new InferRequest([open]) { Repetitions = 1, Settings = ["train.imgsz=96"] }).ImageSize);
    }

    [Fact]
    public void WhatHasNoEffect_OrCannotBeTimed_IsRefused()
    {
        string model = Export("model.onnx", new()), text = Export("text.onnx", new() { TextInput = true });
        Refused(Failure.Usage, "train.epochs=3 does not apply", new InferRequest([model]) { Settings = ["train.epochs=3"] });
        Refused(Failure.Usage, "imgsz is 96", new InferRequest([model]) { Settings = ["train.imgsz=96"] });
        Refused(Failure.Usage, "no engine to choose", new InferRequest([model]) { Engines = InferEngines.Onnx });
        Refused(Failure.Usage, "number of classes", new InferRequest([_files.Base, model]) { Classes = 3 });
        Refused(Failure.Usage, "one image", new InferRequest([text]));
        Refused(Failure.Usage, "measure nothing", new InferRequest([]));
        Refused(Failure.Usage, "measure nothing", new InferRequest([model]) { Repetitions = 0 });
        Refused(Failure.Model, "does not exist", new InferRequest([_folder.At("absent.onnx")]));
        Refused(Failure.Export, "does not load", new InferRequest([_folder.Write("foreign.onnx", "no model")]));
    }

    [Theory]
    [InlineData("QLinearConv", OperatorKind.Convolution)]
    [InlineData("conv2d", OperatorKind.Convolution)]
    [InlineData("QuickGelu", OperatorKind.Elementwise)]
    [InlineData("QLinearSigmoid", OperatorKind.Elementwise)]
    [InlineData("silu_", OperatorKind.Elementwise)]
    [InlineData("max_pool2d", OperatorKind.Pooling)]
    [InlineData("ReorderOutput", OperatorKind.Layout)]
    [InlineData("DequantizeLinear", OperatorKind.Quantization)]
    [InlineData("Unheard", OperatorKind.Other)]
    public void OperatorsOfBothEngines_HaveAKind(string name, OperatorKind kind) => Assert.Equal(kind, OperatorKinds.Of(name));

    [Fact]
    public void Calls_AreAddedUpByOperator_EachByItsMedian()
    {
        IReadOnlyList<OperatorTime> times = OperatorTime.Of([("Conv", [1.0, 9, 2]), ("Mul", [0.5, 0.5, 0.5]), ("Conv", [3.0, 3, 3])]);
        Assert.Equal([new OperatorTime("Conv", OperatorKind.Convolution, 2, 5), new OperatorTime("Mul", OperatorKind.Elementwise, 1, 0.5)], times);
    }

    private static void Refused(Failure kind, string words, InferRequest request)
    {
        GraftException error = Assert.Throws<GraftException>(() => InferBench.Run(request));
        Assert.Equal(kind, error.Failure);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    private string Export(string name, ModelExportOptions options)
    {
        string path = _folder.At(name);
        using TrainedModel model = TrainedModel.Open(_files.Base, []);
        ModelExport.Run(model, path, options with { AllowStandIns = true });
        return path;
    }
}
