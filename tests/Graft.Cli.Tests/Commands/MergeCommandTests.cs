using System.Buffers.Binary;
using System.Text.Json;

namespace Graft.Cli.Tests.Commands;

/// <summary>graft merge: an adapted run becomes a plain model with the same detections.</summary>
public sealed class MergeCommandTests(TinyRun run) : IClassFixture<TinyRun>
{
    [Fact]
    public void ModelWithNaN_IsRefused()
    {
        byte[] bytes = File.ReadAllBytes(run.Best);
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        using JsonDocument names = JsonDocument.Parse(bytes.AsMemory(8, header));
        JsonProperty spoiled = names.RootElement.EnumerateObject().First(entry => entry.Value.TryGetProperty("dtype", out JsonElement type) && type.GetString() == "F32");
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(8 + header + spoiled.Value.GetProperty("data_offsets")[0].GetInt32()), float.NaN);
        string path = run.Data.At("nan.safetensors");
        File.WriteAllBytes(path, bytes);
        GraftCli.Run("val", path).Fails(4, "1 tensor with NaN or infinity", spoiled.Name);
        GraftCli.Run("val", run.Folder, "--config", "start/scratch").Fails(2, "contains its configuration", "Omit --config");
    }

    [Fact]
    public void MergedModel_GivesTheSameDetections()
    {
        string config = run.Data.Write("lora.yaml", """
            _base_: tiny.yaml
            tuning:
              adapters:
                - {kind: lora, at: "neck.**", rank: 4}
            """);
        string merged = run.Data.At("merged.safetensors"), adapted = run.Data.At("lora");
        GraftCli.Result trained = run.Data.Train(Path.GetFileName(config), "lora", "--base", run.Folder, "--json").Succeeds();
        Assert.True(trained.Json.GetProperty("trainable").GetInt64() < trained.Json.GetProperty("total").GetInt64() / 50);
        Assert.True(new FileInfo(Path.Combine(adapted, "weights", "adapter.safetensors")).Length < 100_000);

        GraftCli.Result report = GraftCli.Run("merge", adapted, "--out", merged, "--json").Succeeds();
        Assert.True(report.Json.GetProperty("exact").GetBoolean());
        GraftCli.Run("inspect", merged, "--against", run.Best).Succeeds();

        // The base and the adapter file alone give the same weights as the run.
        string joined = run.Data.At("joined.safetensors");
        GraftCli.Run("merge", run.Folder, "--adapter", Path.Combine(adapted, "weights", "adapter.safetensors"), "--out", joined, "--json").Succeeds();
        GraftCli.Run("inspect", joined, "--against", merged, "--values", "--tolerance", "1e-6").Succeeds();

        JsonElement before = GraftCli.Run("val", adapted, "--json").Json, after = GraftCli.Run("val", merged, "--json").Json;
        Assert.Equal(before.GetProperty("map50").GetDouble(), after.GetProperty("map50").GetDouble(), 1e-6);

        GraftCli.Result found = GraftCli.Run(
            "predict", merged, Path.Combine(run.Data.Root, "images", "val"), "--conf", "0.001", "--out", run.Data.At("found"), "--json").Succeeds();
        Assert.Equal(4, found.Json.GetProperty("images").GetArrayLength());
        Assert.Equal(4, Directory.GetFiles(run.Data.At("found"), "*.jpg").Length);
    }
}
