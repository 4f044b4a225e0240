using System.Text.Json;

namespace Graft.Cli.Tests.Commands;

/// <summary>graft export --adapters inputs: one base, and a file for each adapter, with the command lines of docs/export-adapters.md.</summary>
public sealed class ExportAdaptersTests(AdaptedTinyRuns runs) : IClassFixture<AdaptedTinyRuns>
{
    private TinyRun Run => runs.Run;

    [Fact]
    public void TwoRuns_BecomeFilesOfOneBase()
    {
        string model = Run.Data.At("two.onnx");
        string[] command = ["export", Run.Folder, "--adapters", "inputs", "--out", model];
        GraftCli.Run(command).Fails(2, "--adapters inputs needs adapters");
        GraftCli.Run([.. command, "--adapter", Run.Data.At("line-a"), "--adapter", runs.FileOf("line-a")]).Fails(2, "both named line-a");
        GraftCli.Result result = GraftCli.Run([.. command, "--adapter", Run.Data.At("line-a"), "--adapter", $"second={runs.FileOf("line-b")}", "--json"]).Succeeds();
        JsonElement[] adapters = [.. result.Json.GetProperty("adapters").EnumerateArray()];
        Assert.Equal(["line-a", "second"], adapters.Select(adapter => adapter.GetProperty("name").GetString()));
        Assert.All(adapters, adapter => Assert.InRange(adapter.GetProperty("max_abs").GetDouble(), 0, 1e-3));
        string Shape(params string[] options)
            => GraftCli.Run([.. command[..^1], Run.Data.At($"other{options[0]}.onnx"), "--adapter", Run.Data.At("line-a"), "--json", .. options]).Succeeds()
                .Json.GetProperty("outputs")[0].GetProperty("shape").GetString()!;
        Assert.StartsWith("1,", Shape("--half"), StringComparison.Ordinal);
        Assert.Equal("batch,300,6", Shape("--dynamic", "--nms"));
        GraftCli.Run([.. command, "--adapter", Run.Data.At("line-a"), "--int8", "--calibrate", Run.Data.Root]).Fails(2, "--int8", "overridden");
        Assert.All(["two.onnx", "two.line-a.onnx_adapter", "two.second.onnx_adapter", "two.second.safetensors"], name => Assert.True(File.Exists(Run.Data.At(name)), name));
    }

    [Fact]
    public void TheCommandLinesOfThePage_Run_AndGiveTheBoxesOfTheAdaptedRun()
    {
        string page = File.ReadAllText(Path.Combine(Shared.Checkout, "docs", "export-adapters.md"));
        string[] lines = page.Split("```sh\n")[1].Split("```")[0].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["export", "predict", "val"], lines.Select(line => line.Split(' ')[1]));
        string images = Path.Combine(Run.Data.Root, "images", "val"), lineB = Run.Data.At("line-b");
        Dictionary<string, string> own = new()
        {
            ["BASE"] = Run.Folder,
            ["RUN-A"] = Run.Data.At("line-a"),
            ["line-b=B.safetensors"] = $"line-b={runs.FileOf("line-b")}",
            ["base.onnx"] = Run.Data.At("base.onnx"),
            ["base.line-b.onnx_adapter"] = Run.Data.At("base.line-b.onnx_adapter"),
            ["images"] = images,
            ["found"] = Run.Data.At("found"),
            ["DATA"] = Run.Data.Root,
        };
        string[][] commands = [.. lines.Select(line => line.Split(' ')[1..].Select(word => own.GetValueOrDefault(word, word)).ToArray())];
        GraftCli.Run(commands[0]).Succeeds();
        JsonElement found = GraftCli.RunWithoutNative([.. commands[1], "--conf", "0.001", "--json"]).Succeeds().Json;
        JsonElement expected = GraftCli.Run("predict", lineB, images, "--conf", "0.001", "--out", Run.Data.At("expected"), "--json").Succeeds().Json;
        JsonElement[] alone = Boxes(expected);
        Assert.NotEmpty(alone);
        Assert.Equal(alone.Length, Boxes(found).Length);
        Assert.All(alone.Zip(Boxes(found)), pair => Assert.Equal(pair.First.GetProperty("score").GetDouble(), pair.Second.GetProperty("score").GetDouble(), 1e-3));
        JsonElement scores = GraftCli.RunWithoutNative([.. commands[2], "--json"]).Succeeds().Json;
        Assert.Equal(GraftCli.Run("val", lineB, "--json").Succeeds().Json.GetProperty("map").GetDouble(), scores.GetProperty("map").GetDouble(), 1e-3);

        // What belongs to another export, or is no adapter, is refused.
        string other = Run.Data.At("other.onnx"), image = Directory.EnumerateFiles(images).First();
        GraftCli.Run("export", Run.Folder, "--adapters", "inputs", "--adapter", lineB, "--imgsz", "96", "--out", other).Succeeds();
        GraftCli.RunWithoutNative("predict", other, image, "--adapter", own["base.line-b.onnx_adapter"]).Fails(4, "adapter of another base", "base.line-b.onnx_adapter");
        GraftCli.RunWithoutNative("val", other, "--data", Run.Data.Root, "--adapter", own["base.line-b.onnx_adapter"]).Fails(4, "adapter of another base");
        GraftCli.RunWithoutNative("predict", other, image, "--adapter", runs.FileOf("line-b")).Fails(4, "is not an .onnx_adapter file", "graft export --adapters inputs");
        GraftCli.RunWithoutNative("predict", other, image, "--adapter", Run.Data.At("absent.onnx_adapter")).Fails(4, "absent.onnx_adapter does not exist");
        GraftCli.RunWithoutNative("predict", other, image, "--adapter", own["base.line-b.onnx_adapter"], "--strength", "0.5").Fails(2, "--strength");
    }

    [Fact]
    public void AFileThatWouldReplaceAnInput_IsRefused_BeforeAnythingIsWritten()
    {
        string folder = Directory.CreateDirectory(Run.Data.At("inputs")).FullName, adapter = Path.Combine(folder, "plant.line.safetensors");
        File.Copy(runs.FileOf("line-a"), adapter);
        byte[] before = File.ReadAllBytes(adapter);
        GraftCli.Run("export", Run.Folder, "--adapters", "inputs", "--adapter", $"line={adapter}", "--out", Path.Combine(folder, "plant.onnx"))
            .Fails(2, $"{adapter} would replace an input");
        Assert.Equal([adapter], Directory.GetFiles(folder));
        Assert.Equal(before, File.ReadAllBytes(adapter));
    }

    private static JsonElement[] Boxes(JsonElement result)
        => [.. result.GetProperty("images").EnumerateArray().SelectMany(image => image.GetProperty("boxes").EnumerateArray())];
}

/// <summary>A finished tiny run, and two adapted from it.</summary>
public sealed class AdaptedTinyRuns : IDisposable
{
    public AdaptedTinyRuns()
    {
        foreach (string name in (string[])["line-a", "line-b"])
        {
            Run.Data.Train("adapt.yaml", name, "--base", Run.Folder, "--json").Succeeds();
        }
    }

    internal TinyRun Run { get; } = new();

    /// <summary>The adapter file of a run.</summary>
    internal string FileOf(string name) => Run.Data.At(name, "weights", "adapter.safetensors");

    public void Dispose() => Run.Dispose();
}
