using System.Text.Json;

namespace Graft.Cli.Tests.Commands;

/// <summary>graft export --adapters inputs: one base, and a file for each adapter.</summary>
public sealed class ExportAdaptersTests(TinyRun run) : IClassFixture<TinyRun>
{
    [Fact]
    public void TwoRuns_BecomeFilesOfOneBase()
    {
        string model = run.Data.At("base.onnx");
        foreach (string name in (string[])["line-a", "line-b"])
        {
            run.Data.Train("adapt.yaml", name, "--base", run.Folder, "--json").Succeeds();
        }

        string[] command = ["export", run.Folder, "--adapters", "inputs", "--allow-stand-ins", "--out", model];
        GraftCli.Run(command).Fails(2, "--adapters inputs needs adapters");
        GraftCli.Run([.. command, "--adapter", run.Data.At("line-a"), "--adapter", run.Data.At("line-a", "weights", "adapter.safetensors")])
            .Fails(2, "both named line-a");
        GraftCli.Result result = GraftCli.Run(
            [.. command, "--adapter", run.Data.At("line-a"), "--adapter", $"second={run.Data.At("line-b", "weights", "adapter.safetensors")}", "--json"]).Succeeds();
        JsonElement[] adapters = [.. result.Json.GetProperty("adapters").EnumerateArray()];
        Assert.Equal(["line-a", "second"], adapters.Select(adapter => adapter.GetProperty("name").GetString()));
        Assert.All(adapters, adapter => Assert.InRange(adapter.GetProperty("max_abs").GetDouble(), 0, 1e-3));
        string Shape(params string[] options)
            => GraftCli.Run([.. command[..^1], run.Data.At($"other{options[0]}.onnx"), "--adapter", run.Data.At("line-a"), "--json", .. options]).Succeeds()
                .Json.GetProperty("outputs")[0].GetProperty("shape").GetString()!;
        Assert.StartsWith("1,", Shape("--half"), StringComparison.Ordinal);
        Assert.Equal("batch,300,6", Shape("--dynamic", "--nms"));
        GraftCli.Run([.. command, "--adapter", run.Data.At("line-a"), "--int8", "--calibrate", run.Data.Root]).Fails(2, "--int8", "overridden");
        Assert.All(["base.onnx", "base.line-a.onnx_adapter", "base.second.onnx_adapter", "base.second.safetensors"], name => Assert.True(File.Exists(run.Data.At(name)), name));
    }
}
