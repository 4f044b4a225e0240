using System.Text.Json;

namespace Graft.Cli.Tests.Commands;

/// <summary>graft bench infer: a configuration, a run and ONNX files in both engines; times are not looked at.</summary>
public sealed class BenchInferTests(TinyOnnx onnx) : IClassFixture<TinyOnnx>
{
    [Fact]
    public void AConfigurationAndAnOnnxFile_AreTimedInTurn()
    {
        GraftCli.Result result = GraftCli.Run(
            "bench", "infer", onnx.Run.Data.At("tiny.yaml"), onnx.Model, "imgsz=64", "--classes", "2", "--repeat", "1", "--profile", "--json").Succeeds();
        JsonElement json = result.Json;
        JsonElement[] models = [.. json.GetProperty("models").EnumerateArray()];
        Assert.Equal(["graft", "onnx", "onnx"], models.Select(model => model.GetProperty("engine").GetString()));
        Assert.Equal(onnx.Model, models[2].GetProperty("model").GetString());
        Assert.Equal(64, json.GetProperty("imgsz").GetInt32());
        foreach (string field in (string[])["ms", "gflops", "share_of_peak"])
        {
            Assert.Equal(models[0].GetProperty(field).GetDouble(), json.GetProperty(field).GetDouble());
        }

        Assert.True(json.GetProperty("peak_gflops").GetDouble() > 0);
        Assert.True(json.GetProperty("images_per_second").GetDouble() > 0);
        Assert.InRange(models[1].GetProperty("max_abs").GetDouble(), 0, 1e-3);
        Assert.All(models, model =>
        {
            Assert.All(
                (string[])["ms", "relative", "gflops", "gflops_per_second", "convolutions_ms", "image_to_boxes_ms"], field => Assert.True(model.GetProperty(field).GetDouble() > 0, field));
            Assert.True(model.GetProperty("rest_ms").GetDouble() >= 0);
            Assert.Equal(JsonValueKind.Number, model.GetProperty("overhead_ms").ValueKind);
            Assert.Contains(model.GetProperty("operators").EnumerateArray(), time =>
                time.GetProperty("kind").GetString() == "convolution" && time.GetProperty("calls").GetInt32() > 0 && time.GetProperty("ms").GetDouble() > 0);
        });
        Assert.Contains("ms of", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void ARunInOneEngine_IsNotExported()
    {
        JsonElement[] models = [.. GraftCli.Run("bench", "infer", onnx.Run.Folder, "--engine", "graft", "--repeat", "1", "--json").Succeeds()
            .Json.GetProperty("models").EnumerateArray()];
        Assert.Equal(["graft"], models.Select(model => model.GetProperty("engine").GetString()));
        Assert.Equal(JsonValueKind.Null, models[0].GetProperty("max_abs").ValueKind);
        GraftCli.Run("bench", "infer", onnx.Run.Folder, "--classes", "3").Fails(2, "--classes");
        GraftCli.Run("bench", "infer", onnx.Model, "epochs=3").Fails(2, "train.epochs=3 does not apply");
        GraftCli.Run("bench", "infer", onnx.Run.Data.At("absent.onnx")).Fails(4, "absent.onnx");
    }
}
