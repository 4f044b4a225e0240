using System.Text.Json;
using Graft.Synthetic;

namespace Graft.Cli.Tests;

/// <summary>Adapter files through the command line: one base, its adapters chosen at run time.</summary>
public sealed class AdapterCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AdapterFileOnItsBase_AnswersLikeTheAdaptedRun()
    {
        SyntheticOptions options = new() { Classes = ["hole", "stain"], Materials = ["ceramic tile"] };
        SyntheticDataset.Write(_folder.At("data"), [new("train", 1_000, 6) { Options = options }, new("val", 2_000, 2) { Options = options }]);
        string tiny = _folder.Write("tiny.yaml", """
            model: {kind: yolo_world, widen_factor: 0.125, deepen_factor: 0.33, last_stage_out_channels: 512}
            train: {epochs: 1, batch: 3, imgsz: 96, lr: 0.001, workers: 1}
            """);
        string adapt = _folder.Write("adapt.yaml", """
            _base_: tiny.yaml
            train: {lr: 0.02}
            tuning:
              adapters:
                - {kind: lora, at: "neck.**", rank: 4}
            """);
        Expect(0, "train", tiny, "--data", _folder.At("data"), "--work-dir", _folder.At("base"));
        Expect(0, "train", tiny, "--data", _folder.At("data"), "--work-dir", _folder.At("other"), "train.seed=5");
        Expect(0, "train", adapt, "--data", _folder.At("data"), "--base", _folder.At("base"), "--work-dir", _folder.At("adapted"));
        string file = _folder.At("adapted", "weights", "adapter.safetensors");
        string picture = Directory.EnumerateFiles(_folder.At("data", "images"), "*.*", SearchOption.AllDirectories).Order().First();

        string[] ask = [picture, "--conf", "0", "--json", "--out", _folder.At("found")];
        string adapted = Boxes(Expect(0, ["predict", _folder.At("adapted"), .. ask]));
        Assert.Equal(adapted, Boxes(Expect(0, ["predict", _folder.At("base"), .. ask, "--adapter", file])));
        string plain = Boxes(Expect(0, ["predict", _folder.At("base"), .. ask]));
        Assert.NotEqual(adapted, plain);
        Assert.Equal(plain, Boxes(Expect(0, ["predict", _folder.At("base"), .. ask, "--adapter", file, "--strength", "0"])));
        Assert.Contains("was trained on the base", Expect(4, ["predict", _folder.At("other"), .. ask, "--adapter", file]).Errors);

        JsonElement listed = Expect(0, "adapter", "list", _folder.Path, "--json").Json.GetProperty("adapters")[0];
        Assert.Equal("lora", listed.GetProperty("kinds")[0].GetString());
        Assert.Equal(10, listed.GetProperty("places").GetArrayLength());
        JsonElement small = Expect(0, "adapter", "compress", file, "--rank", "2", "--out", _folder.At("small.safetensors"), "--json").Json;
        Assert.InRange(small.GetProperty("error").GetDouble(), 1e-6, 0.999);
        Expect(0, "adapter", "add", file, file, "--weights", "0.5,0.5", "--out", _folder.At("sum.safetensors"));
        JsonElement sum = Expect(0, "adapter", "list", _folder.At("sum.safetensors"), "--json").Json.GetProperty("adapters")[0];
        Assert.Equal(2 * listed.GetProperty("values").GetInt64(), sum.GetProperty("values").GetInt64());
        Assert.Contains("compress", Expect(2, "adapter", "compres", file).Errors);
    }

    private static string Boxes(GraftCli.Result result) => result.Json.GetProperty("images").ToString();

    private static GraftCli.Result Expect(int code, params string[] words)
    {
        GraftCli.Result result = GraftCli.Run(words);
        Assert.True(result.ExitCode == code, $"graft {string.Join(' ', words)}: exit code {result.ExitCode}\n{result.Errors}");
        return result;
    }
}
