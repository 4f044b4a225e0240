using Graft.Adapters;
using Graft.Export;
using Graft.Files;
using Graft.Models.YoloV10;
using Graft.Rewriting;
using Graft.Runs;

namespace Graft.Tests.Export;

/// <summary>One base as an ONNX model, adapters as files for it.</summary>
public sealed class AdaptedModelExportTests : IDisposable
{
    private readonly AdapterCase _case = new();

    public void Dispose() => _case.Dispose();

    [Theory]
    [InlineData("lora rank=4 alpha=4")]
    [InlineData("rep_mona rank=4")]
    [InlineData("bottleneck reduction_ratio=4")]
    [InlineData("moe_rep_mona rank=4")]
    public void ThreeAdapters_BecomeFilesOfOneBase(string kind)
    {
        string[] names = ["a", "b", "c"];
        ExportReport report = _case.Export(null, [.. names.Select((name, i) => (name, _case.Adapter(name, 10 + (ulong)i, kind)))]);
        Assert.Equal(names, report.Adapters.Select(adapter => adapter.Name));
        Assert.All(report.Adapters, adapter => Assert.InRange(adapter.Proof.MaxAbs, 0, 1e-3));
        Assert.Equal(["b 0", "b 1", "b 2"], report.Adapters[1].Names);
        long model = new FileInfo(_case.Model).Length;
        foreach (AdapterReport adapter in report.Adapters)
        {
            Assert.Equal(AdapterInputExport.PathOf(_case.Model, adapter.Name, ".onnx_adapter"), adapter.Path);
            OnnxAdapterFile file = OnnxAdapterFile.Read(adapter.Path);
            Assert.InRange(adapter.Bytes, 1, model / 2);
            using WeightFile same = WeightFile.Open(AdapterInputExport.PathOf(_case.Model, adapter.Name, ".safetensors"));
            Assert.Equal(file.Parameters.Select(parameter => parameter.Name).Order(StringComparer.Ordinal), same.Entries.Select(entry => entry.Name).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void UnfrozenNorms_AreSmallInputsToo()
    {
        ExportReport report = _case.Export(null, ("a", _case.Adapter("a", 1, "lora rank=4 alpha=4", unfreeze: "neck.**.bn")), ("b", _case.Adapter("b", 2, "lora rank=4 alpha=4")));
        Assert.All(report.Adapters, adapter => Assert.InRange(adapter.Proof.MaxAbs, 0, 1e-3));
        Assert.Contains(OnnxAdapterFile.Read(report.Adapters[0].Path).Parameters, parameter => parameter.Name.EndsWith("bn.weight", StringComparison.Ordinal));
    }

    [Fact]
    public void AdaptersThatDoNotFitTogether_AreRefused_AndNothingIsWritten()
    {
        string first = _case.Adapter("a", 1, "lora rank=4 alpha=4");
        Refused(Failure.Usage, "[4, ", ("a", first), ("b", _case.Adapter("b", 2, "lora rank=8 alpha=8")));
        Refused(Failure.Usage, "of kind lora at neck", ("a", first), ("c", _case.Adapter("c", 3, "bottleneck reduction_ratio=4")));
        Refused(Failure.Usage, "of kind lora at neck", ("a", first), ("d", _case.Adapter("d", 4, "lora rank=4 alpha=4", at: "head")));
        Refused(Failure.Usage, "has 2 classes", ("a", first), ("e", _case.Adapter("e", 5, "lora rank=4 alpha=4", classes: 2)));
        using TrainedModel other = TrainedModel.Open(_case.Base, []);
        string path = _case.At("other.safetensors");
        using (AdapterFile file = AdapterFile.Open(first))
        {
            new AdapterFile(first, new string('0', 64), file.Vocabulary, file.Adapters, file.Weights).Save(path);
        }

        Refused(Failure.Refused, "was trained on the base 000000000000", ("a", first), ("f", path));
    }

    [Fact]
    public void WithTextAsAnInput_AdaptersBringTheirOwnClasses()
    {
        ExportReport report = _case.Export(
            AdapterCase.Options with { TextInput = true }, ("a", _case.Adapter("a", 1, "lora rank=4 alpha=4")), ("b", _case.Adapter("b", 2, "lora rank=4 alpha=4", classes: 5)));
        Assert.Equal([3, 5], report.Adapters.Select(adapter => adapter.Names.Count));
        Assert.All(report.Adapters, adapter => Assert.InRange(adapter.Proof.MaxAbs, 0, 1e-3));
    }

    [Fact]
    public void AdapterThatDiffers_IsNamedWithItsFirstLayer()
    {
        using TrainedModel model = TrainedModel.Open(_case.Base, []);
        using AdapterFile first = AdapterFile.Open(_case.Adapter("a", 1, "lora rank=4 alpha=4")), other = AdapterFile.Open(_case.Adapter("b", 2, "lora rank=4 alpha=4", noise: 0.2));
        model.Load("a", first);
        model.Load("b", other);
        ModelExportOptions options = AdapterCase.Options with { KeepAdapters = true };
        ExportOptions form = ModelExport.FormOf(model, options);
        model.Use("a");
        using Rewritten rewritten = ModelExport.Rewrite(model, options, [], null);
        AdapterInputExport export = AdapterInputExport.Of(rewritten.Subject, form, [.. first.Adapters.Select(stored => stored.Site.ContainerPath)]);
        export.Add("a", model.Vocabulary.Names, rewritten.Subject);
        export.Complete();
        export.Verify("a", model.Detector, () => rewritten.Subject, [], options.Tolerance);
        model.Use("b", keepPrompts: true);
        using Rewritten wrong = ModelExport.Rewrite(model, options, [], null);
        GraftException error = Assert.Throws<GraftException>(() => export.Verify("a", model.Detector, () => wrong.Subject, [], options.Tolerance));
        Assert.Equal(Failure.Export, error.Failure);
        Assert.Contains($"the layer {first.Adapters[0].Site.ContainerPath}", error.Message, StringComparison.Ordinal);
        model.Use(null);
    }

    [Theory]
    [InlineData("half", "1,7,84"), InlineData("dynamic", "batch,7,anchors"), InlineData("nms", "1,300,6"), InlineData("batch", "2,7,84"), InlineData("rectangle", "1,7,126")]
    [InlineData("dynamic nms", "batch,300,6"), InlineData("half text", "1,rows,84")]
    public void OtherForms(string form, string shape)
    {
        ModelExportOptions options = AdapterCase.Options with
        {
            Half = form.StartsWith("half", StringComparison.Ordinal),
            Dynamic = form.StartsWith("dynamic", StringComparison.Ordinal),
            Suppression = form.EndsWith("nms", StringComparison.Ordinal),
            TextInput = form.EndsWith("text", StringComparison.Ordinal),
            Batch = form == "batch" ? 2 : 1,
            Size = form == "rectangle" ? (64, 96) : null,
        };
        ExportReport report = _case.Export(options, ("a", _case.Adapter("a", 1, "rep_mona rank=4")), ("b", _case.Adapter("b", 2, "rep_mona rank=4")));
        Assert.Equal([("output0", shape)], report.Outputs);
        Assert.All(report.Adapters, adapter => Assert.InRange(adapter.Proof.MaxAbs, 0, 1e-3));
        Assert.All(report.Adapters.Select(adapter => adapter.Proof).Append(report.Proof), proof => Assert.Equal(options.Half, proof.Half is not null));
        Assert.Equal(options.Half, report.Nodes.Any(node => node.Operator == "Cast" && node.Count > 10));
    }

    [Theory]
    [InlineData("lora rank=4 alpha=4")]
    [InlineData("rep_mona rank=4")]
    public void YoloV10_TakesAdaptersToo(string kind)
    {
        using AdapterCase ten = new(new YoloV10Options { Nc = 3 });
        (string Name, string Path)[] adapters = [.. new[] { "a", "b" }.Select((name, i) => (name, ten.Adapter(name, 10 + (ulong)i, kind, at: "layer.{13,16,19,22}")))];
        ExportReport report = ten.Export(AdapterCase.Options, adapters);
        Assert.Equal([("output0", "1,252,6")], report.Outputs);
        Assert.Equal(["b 0", "b 1", "b 2"], report.Adapters[1].Names);
        Assert.All(report.Adapters, adapter => Assert.InRange(adapter.Proof.MaxAbs, 0, 1e-3));
        Assert.Equal("batch,300,6", Assert.Single(ten.Export(AdapterCase.Options with { Dynamic = true, Half = true, Size = (128, 128) }, adapters).Outputs).Shape);
        File.Delete(ten.Model);
        GraftException error = Assert.Throws<GraftException>(() => ten.Export(AdapterCase.Options with { Suppression = true }, adapters));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.False(File.Exists(ten.Model));
    }

    [Fact]
    public void Int8_IsRefused()
    {
        GraftException error = Assert.Throws<GraftException>(() => _case.Export(
            AdapterCase.Options with { Int8 = new Int8Options { Data = new() { Root = "absent" } } }, ("a", _case.Adapter("a", 1, "lora rank=4 alpha=4"))));
        Assert.Equal(Failure.Usage, error.Failure);
        Assert.Contains("int8", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_case.Model));
    }

    private void Refused(Failure failure, string part, params (string, string)[] adapters)
    {
        GraftException error = Assert.Throws<GraftException>(() => _case.Export(null, adapters));
        Assert.Equal(failure, error.Failure);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_case.Model));
    }
}
