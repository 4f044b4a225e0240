using Google.Protobuf;
using Graft.Export;
using Graft.Files;
using Onnx;

namespace Graft.Tests.Export;

/// <summary>The search for a quantized model: methods, float layers, the report, refusals.</summary>
[SideBySide]
public sealed class QuantizerTests
{
    private const int Size = 64, Width = 4;
    private static readonly QuantizationOptions Quick = new() { Methods = [new(CalibrationMethod.MinMax), new(CalibrationMethod.Percentile, 99.9)], Threads = 1 };

    [Fact]
    public void Run_Twice_GivesTheSameBytes_AndAReportOfThem()
    {
        using TemporaryFolder folder = new();
        string source = Model(folder), one = folder.At("one.onnx"), two = folder.At("new", "two.onnx");
        QuantizationReport report = Quantizer.Run(source, one, Source(), Quick);
        Quantizer.Run(source, two, Source(), Quick);
        Assert.Equal(File.ReadAllBytes(one), File.ReadAllBytes(two));

        Assert.Equal(3, report.CalibrationInputs);
        Assert.Equal((new FileInfo(source).Length, new FileInfo(one).Length), (report.FloatBytes, report.QuantizedBytes));
        Assert.Equal(2, report.Trials.Count(trial => trial.InFloat.Count == 0));
        Assert.Equal(report.Trials.Where(trial => trial.InFloat.Count == 0).MinBy(trial => trial.Error)!.Method, report.Method);
        Assert.Equal(1, report.Layers.Sum(layer => layer.ComputeShare), 1e-9);
        Assert.Null(report.Drop);
        Assert.True(report.MeetsDrop);
        Assert.Contains(report.Activations, activation => activation.Tensor == "images" && activation.Range.Low == 0);
        Assert.Equal([Path.GetFileName(source), "one.onnx"], Directory.EnumerateFiles(folder.Path).Select(path => Path.GetFileName(path)).Order());
    }

    [Fact]
    public void Run_TheMethodWithTheBestScore_IsChosen()
    {
        using TemporaryFolder folder = new();
        int calls = 0;

        // The source is scored first, then the method with the smallest error, then the other, which scores best.
        double[] scores = [0.9, 0.7, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8];
        QuantizationReport report = Quantizer.Run(Model(folder), folder.At("out.onnx"), Source(_ => scores[Math.Min(calls++, 9)]), Quick with { MaxDrop = 1 });
        QuantizationTrial[] scored = [.. report.Trials.Where(trial => trial.Score is not null)];
        Assert.Equal([0.7, 0.8], scored.Take(2).Select(trial => trial.Score!.Value));
        Assert.True(scored[0].Error <= scored[1].Error);
        Assert.Equal(scored[1].Method, report.Method);
        Assert.Equal(0.1, report.Drop!.Value, 1e-9);
    }

    [Fact]
    public void Run_AddsFloatLayersUntilTheDropIsMet()
    {
        using TemporaryFolder folder = new();
        string source = Model(folder);

        // The score is good only when three of the layers are in float.
        QuantizationReport report = Quantizer.Run(source, folder.At("out.onnx"), Source(path => path == source || Floats(path) >= 3 ? 0.8 : 0.6),
            Quick with { CostlyShare = 2 });
        Assert.True(report.MeetsDrop);
        Assert.Equal(report.InFloat.Count(), Floats(folder.At("out.onnx")));
        Assert.InRange(report.InFloat.Count(), 3, 5);
        Assert.True(report.InFloat.Sum(layer => layer.ComputeShare) <= Quick.MaxFloatShare);
    }

    [Fact]
    public void Run_WhenNothingMeetsTheDrop_ReportsIt()
    {
        using TemporaryFolder folder = new();
        string source = Model(folder);
        QuantizationReport report = Quantizer.Run(source, folder.At("out.onnx"), Source(path => path == source ? 0.8 : 0.5), Quick);
        Assert.False(report.MeetsDrop);
        Assert.Equal(0.3, report.Drop!.Value, 1e-9);
        Assert.True(File.Exists(folder.At("out.onnx")));
    }

    [Fact]
    public void Run_ALayerWithAnOutlierChannel_CostsMost()
    {
        using TemporaryFolder folder = new();
        ModelProto model = SmallYolo.Build(Size, Width);

        // One channel's output is far larger, and the weights that read it are far smaller: that costs nothing in float.
        TensorProto bias = model.Graph.Initializer.Single(tensor => tensor.Name == model.Graph.Node.Single(node => node.Name == "b2.m0.cv1").Input[2]);
        Scale(model, bias.Name, (i, b) => i == 0 ? 300 : b);
        Scale(model, model.Graph.Node.Single(node => node.Name == "b2.m0.cv2").Input[1], (i, w) => i / 9 % Width == 0 ? w / 300 : w);
        string source = folder.At("outlier.onnx");
        File.WriteAllBytes(source, model.ToByteArray());
        QuantizationReport report = Quantizer.Run(source, folder.At("out.onnx"), Source(), Quick with { CheapShare = 0.05 });
        Assert.Equal(["b2.m0.cv1", "b2.m0.cv2"], report.Layers.Take(2).Select(layer => layer.Name).Order());
        Assert.All(report.Layers.Take(2), layer => Assert.True(layer.InFloat));
        Assert.True(report.Error < report.Trials.Where(trial => trial.InFloat.Count == 0).Min(trial => trial.Error));
    }

    [Fact]
    public void Run_LayersThatAreNamed_StayInFloat()
    {
        using TemporaryFolder folder = new();
        QuantizationReport report = Quantizer.Run(Model(folder), folder.At("out.onnx"), Source(), Quick with { KeepFloat = ["h4.*", "stem"] });
        string[] kept = [.. report.InFloat.Select(layer => layer.Name)];
        Assert.Equal(7, kept.Count(name => name == "stem" || name.StartsWith("h4.", StringComparison.Ordinal)));
        Assert.Equal(kept.Length, Floats(folder.At("out.onnx")));

        GraftException error = Assert.Throws<GraftException>(
            () => Quantizer.Run(Model(folder), folder.At("other.onnx"), Source(), Quick with { KeepFloat = ["stm"] }));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains("stem", error.Hint, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.At("other.onnx")));
    }

    [Fact]
    public void Run_ReadsCalibrationInputsOneAtATime()
    {
        using TemporaryFolder folder = new();
        List<WeakReference> fed = [];
        int most = 0;
        Quantizer.Run(Model(folder), folder.At("out.onnx"), Source() with { Calibration = Tracked() }, Quick with { Methods = [new(CalibrationMethod.MinMax)] });
        Assert.Equal(30, fed.Count);
        Assert.InRange(most, 0, 3);

        IEnumerable<IReadOnlyList<CalibrationTensor>> Tracked()
        {
            foreach (IReadOnlyList<CalibrationTensor> image in SmallYolo.Images(Size, 30, 3))
            {
                GC.Collect();
                most = Math.Max(most, fed.Count(reference => reference.IsAlive));
                fed.Add(new WeakReference(image[0].Values));
                yield return image;
            }
        }
    }

    [Theory]
    [InlineData("none"), InlineData("no probes"), InlineData("nan"), InlineData("shape"), InlineData("name")]
    public void Run_BadInputs_AreErrorsOfData(string fault)
    {
        using TemporaryFolder folder = new();
        QuantizationSource source = fault switch
        {
            "none" => Source() with { Calibration = [] },
            "no probes" => Source() with { Probes = [] },
            "nan" => Source() with { Calibration = [[new CalibrationTensor("images", Enumerable.Repeat(float.NaN, 3 * Size * Size).ToArray(), [1, 3, Size, Size])]] },
            "shape" => Source() with { Calibration = [[new CalibrationTensor("images", new float[12], [1, 3, 2, 3])]] },
            _ => Source() with { Calibration = [[new CalibrationTensor("picture", new float[3 * Size * Size], [1, 3, Size, Size])]] },
        };
        GraftException error = Assert.Throws<GraftException>(() => Quantizer.Run(Model(folder), folder.At("out.onnx"), source, Quick));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.False(File.Exists(folder.At("out.onnx")));
    }

    [Fact]
    public void Run_ModelsThatCannotBeQuantized_AreNamed()
    {
        using TemporaryFolder folder = new();
        string text = folder.Write("text.onnx", "not a model"), decoding = folder.At("decoding.onnx");
        Assert.Equal(Failure.Model, Assert.Throws<GraftException>(() => Quantizer.Run(text, folder.At("out.onnx"), Source(), Quick)).Failure);
        Assert.Equal(Failure.Model, Assert.Throws<GraftException>(() => Quantizer.Run(folder.At("absent.onnx"), folder.At("out.onnx"), Source(), Quick)).Failure);

        ModelProto model = SmallYolo.Build(Size, Width);
        NodeProto sigmoid = new() { OpType = "Sigmoid" };
        sigmoid.Input.Add("images");
        sigmoid.Output.Add("output0");
        model.Graph.Node.Clear();
        model.Graph.Node.Add(sigmoid);
        model.Graph.Output[0].Type = null;
        File.WriteAllBytes(decoding, model.ToByteArray());
        Assert.Equal(Failure.Export, Assert.Throws<GraftException>(() => Quantizer.Run(decoding, folder.At("out.onnx"), Source(), Quick)).Failure);
    }

    [Fact]
    public void Run_OptionsOutOfRange_AreErrorsOfUsage()
    {
        using TemporaryFolder folder = new();
        string model = Model(folder);
        QuantizationOptions[] wrong =
        [
            Quick with { WeightBits = 4 }, Quick with { MaxDrop = double.NaN }, Quick with { Methods = [] }, Quick with { ScoredMethods = 0 },
            Quick with { Methods = [new(CalibrationMethod.Percentile, 20)] },
        ];
        Assert.All(wrong, options => Assert.Equal(Failure.Usage,
            Assert.Throws<GraftException>(() => Quantizer.Run(model, folder.At("out.onnx"), Source(), options)).Failure));
    }

    [Fact]
    public void Timing_ComparesTwoModels_AndRefusesNothing()
    {
        using TemporaryFolder folder = new();
        string model = Model(folder);
        OnnxTiming timing = OnnxTiming.Compare(model, model, [.. SmallYolo.Images(Size, 2, 1)], rounds: 3, threads: 1);
        Assert.True(timing.First > 0 && timing.Second > 0 && timing.Speedup > 0);
        Assert.Equal(Failure.Usage, Assert.Throws<GraftException>(() => OnnxTiming.Compare(model, model, [])).Failure);
    }

    private static string Model(TemporaryFolder folder)
    {
        string path = folder.At("float.onnx");
        File.WriteAllBytes(path, SmallYolo.Build(Size, Width).ToByteArray());
        return path;
    }

    private static QuantizationSource Source(Func<string, double>? score = null) => new(SmallYolo.Images(Size, 3, 1), SmallYolo.Images(Size, 2, 70), score);

    /// <summary>The convolutions of a file that are in float, without that of the decoding.</summary>
    private static int Floats(string path)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        HashSet<string> constants = [.. model.Graph.Initializer.Select(initializer => initializer.Name)];
        return model.Graph.Node.Count(node => node.OpType == "Conv" && constants.Contains(node.Input[1])) - 1;
    }

    private static void Scale(ModelProto model, string name, Func<int, float, float> change)
    {
        TensorProto tensor = model.Graph.Initializer.Single(initializer => initializer.Name == name);
        float[] values = [.. OnnxTensors.Singles(tensor).Select((value, i) => change(i, value))];
        tensor.RawData = ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
    }
}
