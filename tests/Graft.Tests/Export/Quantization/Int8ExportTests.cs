using System.Text.Json;
using Graft.Data;
using Graft.Export;
using Graft.Runs;
using Graft.Tests.Runs;
using Graft.Torch;
using Onnx;

namespace Graft.Tests.Export;

/// <summary>The int8 export of a model: what is measured, what is refused, and what is written.</summary>
public sealed class Int8ExportTests(Int8Case tiny) : IClassFixture<Int8Case>
{
    [Fact]
    public void Accepted_IsMeasured_AndEqualExportsAreEqualFiles()
    {
        using TemporaryFolder folder = new();
        string path = folder.At("model.onnx"), again = folder.At("again", "model.onnx"), single = folder.At("single.onnx");
        ExportReport report = Int8Case.Export(tiny.Model, path, tiny.Quick);
        Int8Case.Export(tiny.Model, again, tiny.Quick);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(again));
        Assert.Equal(["model.onnx"], Directory.EnumerateFiles(folder.Path).Select(file => Path.GetFileName(file)));

        Int8Report int8 = report.Int8!;
        Assert.InRange(int8.MapBefore, 0.1, 1);
        Assert.InRange(int8.MapAfter, 0, 1);
        Assert.Equal(int8.MapBefore - int8.MapAfter, int8.Drop);
        Assert.Equal((10, 5, 2, 4), (int8.MsBefore, int8.MsAfter, int8.Speedup, int8.Images));
        Assert.Equal((path, new FileInfo(path).Length, new FileInfo(path).Length), (report.Path, report.Bytes, int8.BytesAfter));
        Assert.True(int8.BytesAfter < int8.BytesBefore / 2);
        Assert.Contains(report.Nodes, node => node.Operator == "QuantizeLinear");
        Assert.True(int8.InFloat.Count < int8.Layers);

        // The metadata is that of the float model and one entry more.
        ModelExport.Run(tiny.Model, single, new ModelExportOptions { AllowStandIns = true });
        Dictionary<string, string> before = Metadata(single), after = Metadata(path);
        using JsonDocument entry = JsonDocument.Parse(after["x-graft-int8"]);
        Assert.Equal(int8.MapAfter, entry.RootElement.GetProperty("map_after").GetDouble());
        Assert.Equal(int8.MapBefore, entry.RootElement.GetProperty("map_before").GetDouble());
        Assert.Equal("min-max", entry.RootElement.GetProperty("method").GetString());
        Assert.Equal(int8.InFloat, entry.RootElement.GetProperty("in_float").EnumerateArray().Select(name => name.GetString()!));
        after.Remove("x-graft-int8");
        before["x-graft-model"] = before["x-graft-model"].Replace("single", "model", StringComparison.Ordinal);
        Assert.Equal(before.OrderBy(pair => pair.Key), after.OrderBy(pair => pair.Key));
    }

    [Theory]
    [InlineData("drop", "0.2000", "0.6000", "0.8000", "0.0050")]
    [InlineData("same", "not faster", "10.0 ms", "10.1 ms", "1.00")]
    [InlineData("blind", "finds nothing", "0.0000")]
    public void Refused_WithTheNumbers_AndNothingIsWritten(string fault, params string[] words)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("model.onnx", "the previous file");
        Int8Options int8 = tiny.Quick with { MaxDrop = 0.005, Score = _ => 0.8 };
        int8 = fault switch
        {
            "drop" => int8 with { Score = file => file.Contains(".float.", StringComparison.Ordinal) ? 0.8 : 0.6, Compare = (_, _) => throw new InvalidOperationException("timed in vain") },
            "same" => int8 with { Compare = (_, _) => new OnnxTiming(10, 10.1, 1, 1) },
            _ => int8 with { Score = _ => 0 },
        };
        GraftException error = Assert.Throws<GraftException>(() => Int8Case.Export(tiny.Model, path, int8));
        Assert.Equal(Failure.Refused, error.Failure);
        Assert.All(words, word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
        Assert.Equal("the previous file", File.ReadAllText(path));
        Assert.Single(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("nms", "1,300,6"), InlineData("dynamic", "batch,9,anchors"), InlineData("end2end", "1,300,6"), InlineData("adapters", "1,9,84")]
    [InlineData("rectangle", "1,9,126"), InlineData("batch", "4,9,84"), InlineData("batch nms", "4,300,6"), InlineData("text", "1,rows,84"), InlineData("joined", "1,14,168")]
    public void OtherForms_AreQuantizedToo(string form, string shape)
    {
        using TemporaryFolder folder = new();
        using TrainedModel? other = form == "end2end" ? tiny.EndToEnd() : form == "joined" ? tiny.Joined() : null;
        TrainedModel model = other ?? tiny.Model;
        ModelExportOptions options = new()
        {
            Suppression = form.EndsWith("nms", StringComparison.Ordinal),
            Dynamic = form == "dynamic",
            KeepAdapters = form == "adapters",
            Score = 0.001,
            Size = form == "rectangle" ? (64, 96) : null,
            Batch = form.StartsWith("batch", StringComparison.Ordinal) ? 4 : 1,
            TextInput = form == "text",
        };

        // Random weights of YOLOv10 find nothing that could be scored; of the other forms the mAP is measured.
        Int8Options int8 = form == "end2end" ? tiny.Quick with { Score = _ => 0.8 } : tiny.Quick;
        ExportReport report = Int8Case.Export(model, folder.At("model.onnx"), int8, options);
        Assert.Equal([("output0", shape)], report.Outputs);
        Assert.True(report.Int8!.MapBefore > 0);
        Assert.True(report.Int8.BytesAfter < report.Int8.BytesBefore);
        Assert.Equal(4, report.Int8.Images);
        Assert.Equal(form == "text", report.Notes.Any(note => note.Contains("prompts", StringComparison.Ordinal)));
        Assert.True(OptimizedGraph.Integer(OptimizedGraph.Count(folder.At("model.onnx"))) > 0);
    }

    [Fact]
    public void OptionsThatDoNotFit_AreErrorsOfUsage_BeforeAnythingIsMeasured()
    {
        using TemporaryFolder folder = new();
        ModelExportOptions plain = new();
        (ModelExportOptions Form, Int8Options Int8, string Word)[] wrong =
        [
            (plain with { Half = true }, tiny.Quick, "float16"),
            (plain, tiny.Quick with { MaxDrop = -0.1 }, "-0.1"),
            (plain, tiny.Quick with { MaxDrop = 1.5 }, "1.5"),
            (plain, tiny.Quick with { MaxDrop = double.NaN }, "NaN"),
            (plain, tiny.Quick with { Images = 0 }, "0 calibration images"),
        ];
        Assert.All(wrong, fault =>
        {
            GraftException error = Assert.Throws<GraftException>(() => Int8Case.Export(
                tiny.Model, folder.At("model.onnx"), fault.Int8 with { Data = new DataOptions { Root = "absent" } }, fault.Form));
            Assert.Equal(Failure.Usage, error.Failure);
            Assert.Contains(fault.Word, error.Message, StringComparison.Ordinal);
        });
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("absent"), InlineData("empty"), InlineData("no objects"), InlineData("no training images"), InlineData("unreadable")]
    public void DataThatCannotBeUsed_IsAnErrorOfData(string fault)
    {
        using TemporaryFolder folder = new();
        string root = folder.At("data");
        if (fault != "absent")
        {
            Directory.CreateDirectory(root);
        }

        if (fault is not ("absent" or "empty"))
        {
            Copy(tiny.Root, root);
            string train = Path.Combine(root, "images", "train"), annotations = Path.Combine(root, "annotations");
            switch (fault)
            {
                case "no objects":
                    File.Copy(Path.Combine(annotations, "train.json"), Path.Combine(annotations, "val.json"), overwrite: true);
                    break;
                case "no training images":
                    Directory.Delete(train, recursive: true);
                    break;
                default:
                    Assert.All(Directory.EnumerateFiles(train), file => File.WriteAllText(file, "no image"));
                    break;
            }
        }

        GraftException error = Assert.Throws<GraftException>(() => Int8Case.Export(
            tiny.Model, folder.At("model.onnx"), tiny.Quick with { Data = new DataOptions { Root = root } }));
        Assert.Equal(Failure.Data, error.Failure);
        Assert.Contains(root, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(folder.Path));
    }

    [Fact]
    public void WhatFollowsFromTheText_StaysInFloat_AndTakesOtherPrompts()
    {
        using TemporaryFolder folder = new();
        string path = folder.At("model.onnx");
        Int8Case.Export(tiny.Model, path, tiny.Quick, new ModelExportOptions { TextInput = true });
        OnnxGraph graph = new(ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)));
        HashSet<string> text = FurtherInputs.Of(graph);
        Assert.Contains("text", text);
        NodeProto[] readers = [.. graph.Nodes.Where(node => node.Input.Any(text.Contains))];
        Assert.Contains(readers, node => node.OpType == "MatMul" && !node.Output.All(text.Contains));
        Assert.DoesNotContain(readers, node => node.OpType == "QuantizeLinear");
        using TensorScope scope = TensorScope.Begin();
        using OnnxRun session = new(File.ReadAllBytes(path));
        Tensor output = session.Run(Tensor.Rand(1, 3, Int8Case.Side, Int8Case.Side), Tensor.RandN(1, 7, 24))[0];
        Assert.Equal([1, 11, 84], output.Shape);
        Assert.All(output.Narrow(1, 4, 7).ToSingles(), score => Assert.InRange(score, 0, 1));
    }

    [Fact]
    public void JoinedModel_WithSomeOfItsClasses_IsRefused()
    {
        using TemporaryFolder folder = new();
        using TrainedModel joined = tiny.Joined();
        using TrainedModel some = TrainedModel.Open(joined.Path, [], Graft.Detectors.Vocabulary.StandIn(["hole", "adapter/dent"], 24));
        GraftException error = Assert.Throws<GraftException>(() => ModelExport.Run(some, folder.At("model.onnx"), new ModelExportOptions { AllowStandIns = true }));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains("adapter/dent", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(folder.Path));
    }

    [Theory]
    [InlineData(1, 1), InlineData(4, 4), InlineData(6, 6), InlineData(100, 6)]
    public void CalibrationImages_AreSpread_AndProbesAreOthersWhereThereAreSome(int most, int count)
    {
        DetectionDataset train = DetectionData.OpenSplit(new DataOptions { Root = tiny.Root }, DataSplit.Train, AdaptedFiles.Words.Names);
        CalibrationImages images = new(train, new InputSize(1, Int8Case.Side, Int8Case.Side), null, most);
        float[][] taken = [.. images.Calibration().Select(input => Assert.Single(input).Values)];
        float[][] probes = [.. images.Probes().Select(input => Assert.Single(input).Values)];
        Assert.Equal(count, taken.Length);
        Assert.Equal(4, probes.Length);
        Assert.Equal(Math.Min(4, 6 - count), probes.Count(probe => taken.All(image => !image.AsSpan().SequenceEqual(probe))));
        Assert.All(taken, image => Assert.All(image, value => Assert.InRange(value, 0, 1)));
        Assert.Equal(count, images.Used);

        // Of a batch, the last input is filled up with the images that it begins with.
        CalibrationImages batches = new(train, new InputSize(4, Int8Case.Side, Int8Case.Side), null, most);
        float[] all = [.. batches.Calibration().SelectMany(input => Assert.Single(input).Values)];
        int each = taken[0].Length;
        Assert.Equal(4 * ((count + 3) / 4), all.Length / each);
        Assert.Equal(count, batches.Used);
        Assert.All(Enumerable.Range(0, all.Length / each), i => Assert.True(
            all.AsSpan(i * each, each).SequenceEqual(taken[i < count ? i : (i / 4 * 4) + ((i - (i / 4 * 4)) % (count - (i / 4 * 4)))])));
        Assert.Single(batches.Probes());
    }

    private static Dictionary<string, string> Metadata(string path)
        => ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)).MetadataProps.ToDictionary(entry => entry.Key, entry => entry.Value);

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
