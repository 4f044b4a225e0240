using System.Text.Json;

namespace Graft.Cli.Tests.Commands;

/// <summary>graft export: a verified file, its forms, and what is refused with which exit code.</summary>
public sealed class ExportCommandTests(TinyRun run) : IClassFixture<TinyRun>
{
    [Fact]
    public void ARun_IsExported_VerifiedAndJudgedByTheLoaders()
    {
        using TemporaryFolder folder = new();
        JsonElement json = GraftCli.Run("export", run.Folder, "--out", folder.At("model.onnx"), "--json").Succeeds().Json;
        Assert.Equal(17, json.GetProperty("opset").GetInt32());
        Assert.Equal(new FileInfo(folder.At("model.onnx")).Length, json.GetProperty("bytes").GetInt64());
        Assert.Equal("output0", json.GetProperty("outputs")[0].GetProperty("name").GetString());
        Assert.InRange(json.GetProperty("max_abs").GetDouble(), 0, 1e-2);
        Assert.True(json.GetProperty("images").GetInt32() > 0);
        Assert.True(json.GetProperty("inputs").GetInt32() > json.GetProperty("images").GetInt32());
        Assert.Equal(["YoloDotNet 4", "YoloSharp 6", "Ultralytics"], json.GetProperty("loaders").EnumerateObject().Select(loader => loader.Name));
        Assert.All(json.GetProperty("loaders").EnumerateObject(), loader => Assert.True(loader.Value.GetProperty("reads").GetBoolean()));
    }

    [Fact]
    public void Forms_AreExported()
    {
        using TemporaryFolder folder = new();
        string Shape(params string[] options)
            => GraftCli.Run(["export", run.Folder, "--out", folder.At($"{options.Length}{options[0].Trim('-')}.onnx"), "--json", .. options]).Succeeds().Json.GetProperty("outputs")[0].GetProperty("shape").GetString()!;
        Assert.Equal("1,300,6", Shape("--nms"));
        Assert.Equal("2,300,6", Shape("--nms", "--batch", "2"));
        Assert.Equal("batch,300,6", Shape("--nms", "--dynamic"));
        Assert.StartsWith("batch,", Shape("--dynamic"), StringComparison.Ordinal);
        Assert.StartsWith("2,", Shape("--batch", "2"), StringComparison.Ordinal);
        Assert.EndsWith($",168", Shape("--imgsz", "64x128", "--half"), StringComparison.Ordinal);
        Assert.StartsWith("1,rows,", Shape("--text", "input"), StringComparison.Ordinal);
        Assert.StartsWith("1,", Shape("--neck", "keep", "--keep-adapters"), StringComparison.Ordinal);
    }

    [Fact]
    public void BadInput_IsNamed_WithItsExitCode_AndNothingIsWritten()
    {
        using TemporaryFolder folder = new();
        string path = folder.At("model.onnx"), file = folder.Write("file", "");
        GraftCli.Run("export", run.Folder, "--out", folder.At("model.pt")).Fails(2, "model.pt", ".onnx");
        GraftCli.Run("export", run.Folder, "--out", path, "--imgsz", "100").Fails(2, "--imgsz", "multiples of 32");
        GraftCli.Run("export", run.Folder, "--out", path, "--class-conf", "scratch").Fails(2, "--class-conf");
        GraftCli.Run("export", run.Folder, "--out", path, "--class-conf", "no such class=0.5").Fails(2, "no such class");
        GraftCli.Run("export", run.Folder, "--out", path, "--nms", "predict.class_agnostic=true").Fails(2, "predict.class_agnostic", "--nms");
        GraftCli.Run("export", folder.At("absent"), "--out", path).Fails(4, "absent");
        GraftCli.Run("export", run.Folder, "--out", Path.Combine(file, "model.onnx")).Fails(1, "model.onnx");
        Assert.Equal([file], Directory.GetFiles(folder.Path));
    }
}
