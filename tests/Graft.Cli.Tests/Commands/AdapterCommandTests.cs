using System.Text.Json;
using Graft.Files;
using Graft.Runs;
using Graft.Synthetic;
using Graft.Torch.Images;

namespace Graft.Cli.Tests.Commands;

/// <summary>Adapter files through the command line: one base, its adapters chosen at run time.</summary>
public sealed class AdapterCommandTests(TinyRun run) : IClassFixture<TinyRun>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TwoAdaptersInTurn_MatchTwoProcesses()
    {
        string[] files = [Adapt("turn-a", "lora"), Adapt("turn-b", "rep_mona")];
        string[] paths = [.. Directory.EnumerateFiles(Path.Combine(run.Data.Root, "images", "val")).Order(StringComparer.Ordinal)];
        string[][] alone = [.. files.Select(file => Alone(file))];
        using TrainedModel model = TrainedModel.Open(run.Folder, []);
        model.Load("a", files[0]);
        model.Load("b", files[1]);
        for (int i = 0; i < paths.Length; i++)
        {
            foreach ((string name, string[] expected) in new[] { "a", "b" }.Zip(alone))
            {
                model.Use(name);
                using Image image = Image.Load(paths[i]);
                Predictor predictor = new(model.Detector, model.Config.Train.Imgsz, model.Config.Predict with { ScoreThreshold = 0.001 });
                Assert.Equal(expected[i], string.Join(' ', predictor.Detect(image).Select(found => Text(found.Score, found.Box.X1, found.Box.Y1, found.Box.X2, found.Box.Y2))));
            }
        }

        Assert.NotEqual(alone[0], alone[1]);

        string[] Alone(string file)
            => [.. GraftCli.Run("predict", run.Folder, Path.Combine(run.Data.Root, "images", "val"), "--conf", "0.001", "--adapter", file, "--out", _folder.At("found"), "--json")
                .Succeeds().Json.GetProperty("images").EnumerateArray().Select(image => string.Join(' ', image.GetProperty("boxes").EnumerateArray()
                    .Select(box => Text([box.GetProperty("score").GetDouble(), .. box.GetProperty("xyxy").EnumerateArray().Select(side => side.GetDouble())]))))];

        static string Text(params double[] numbers) => string.Join(',', numbers.Select(number => $"{(float)number:r}"));
    }

    [Fact]
    public void AMergedLora_IsUnmerged()
    {
        string file = Adapt("lora", "lora"), merged = _folder.At("merged.safetensors"), solved = _folder.At("solved.safetensors"), kept = _folder.At("kept.safetensors");
        GraftCli.Run("merge", run.Data.At("lora"), "--out", merged).Succeeds();
        JsonElement[] costs = [.. GraftCli.Run("bench", "files", run.Folder, merged, run.Data.At("lora"), "imgsz=64", "--repeat", "1", "--json")
            .Succeeds().Json.GetProperty("models").EnumerateArray()];
        Assert.Equal(costs[0].GetProperty("gflops").GetDouble(), costs[1].GetProperty("gflops").GetDouble());
        Assert.Equal(costs[0].GetProperty("parameters").GetInt64(), costs[1].GetProperty("parameters").GetInt64());
        Assert.True(costs[2].GetProperty("gflops").GetDouble() > costs[0].GetProperty("gflops").GetDouble());
        JsonElement result = GraftCli.Run("adapter", "remove", merged, file, "--out", solved, "--json").Succeeds().Json;
        Assert.False(result.GetProperty("exact").GetBoolean());
        Assert.InRange(result.GetProperty("max_rel").GetDouble(), 0, 1e-6);
        Assert.InRange(Distance(run.Best, solved), 1e-12, 1e-5);
        Assert.InRange(Distance(run.Best, merged), 1e-3, double.MaxValue);

        Assert.True(GraftCli.Run("adapter", "remove", merged, file, "--out", kept, "--base", run.Folder, "--json").Succeeds().Json.GetProperty("exact").GetBoolean());
        Assert.Equal(0, Distance(run.Best, kept));
        GraftCli.Run("adapter", "remove", run.Folder, file, "--out", _folder.At("none"), "--base", run.Folder).Fails(6, "differ by");
        GraftCli.Run("adapter", "remove", merged, Adapt("mona", "rep_mona"), "--out", _folder.At("none")).Fails(2, "rep_mona");
        Assert.False(File.Exists(_folder.At("none")));
    }

    [Fact]
    public void ALora_IsWrittenForPeft_AndMergesThereToTheSameWeights()
    {
        string file = Adapt("for-peft", "lora"), folder = _folder.At("peft"), merged = _folder.At("ours.safetensors"), theirs = _folder.At("theirs.safetensors");
        JsonElement result = GraftCli.Run("peft", "export", run.Folder, "--adapter", file, "--out", folder, "--json").Succeeds().Json;
        Assert.InRange(result.GetProperty("max_rel").GetDouble(), 0, 1e-6);
        GraftCli.Run("peft", "check", folder, "--base", run.Best).Succeeds();
        GraftCli.Run("peft", "merge", run.Best, folder, "--out", theirs).Succeeds();
        GraftCli.Run("merge", run.Data.At("for-peft"), "--out", merged).Succeeds();
        Assert.InRange(Distance(run.Best, theirs), 1e-3, double.MaxValue);
        Assert.InRange(Distance(merged, theirs), 0, 1e-5);
        GraftCli.Run("peft", "export", run.Folder, "--adapter", Adapt("no-peft", "rep_mona"), "--out", _folder.At("none")).Fails(6, "rep_mona");
        Assert.False(Directory.Exists(_folder.At("none")));
    }

    [Fact]
    public void ManyAdapters_AreSmallBesideTheirBase()
    {
        JsonElement result = GraftCli.Run("bench", "swap", run.Data.At("adapt.yaml"), "imgsz=64", "--adapters", "3", "--repeat", "3", "--json").Succeeds().Json;
        Assert.True(result.GetProperty("equal").GetBoolean());
        Assert.InRange(result.GetProperty("file_mb").GetDouble(), 1e-3, result.GetProperty("base_mb").GetDouble() / 4);
        Assert.InRange(result.GetProperty("swap_ms").GetDouble(), 1e-6, double.MaxValue);
        GraftCli.Run("bench", "swap", run.Data.At("tiny.yaml")).Fails(2, "attaches no adapter");
    }

    [Fact]
    public void AStrategy_IsTimedBesideFullTraining()
    {
        GraftCli.Result shown = GraftCli.Run("bench", "train", run.Data.At("adapt.yaml"), "imgsz=64", "batch=2", "--repeat", "1", "--json").Succeeds();
        Assert.Equal(["everything trained", "tuned, layer by layer", "tuned", "tuned, features kept"], shown.Json.GetProperty("ways").EnumerateArray().Select(way => way.GetProperty("name").GetString()));
        Assert.InRange(shown.Json.GetProperty("limit").GetDouble(), 1, 5);
        Assert.Contains("times: as fast as full training in float32", GraftCli.Run("bench", "train", run.Data.At("adapt.yaml"), "imgsz=64", "batch=2", "--repeat", "1").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void AdapterFileOnItsBase_MatchesTheAdaptedRun()
    {
        SyntheticOptions options = new() { Classes = ["hole", "stain"], Materials = ["ceramic tile"] };
        SyntheticDataset.Write(_folder.At("data"), [new("train", 1_000, 6) { Options = options }, new("val", 2_000, 2) { Options = options }]);
        string tiny = _folder.Write("tiny.yaml", """
            model: {kind: yolo_world, widen_factor: 0.125, deepen_factor: 0.33, last_stage_out_channels: 512}
            text: {model: stand-in}
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
        string image = Directory.EnumerateFiles(_folder.At("data", "images"), "*.*", SearchOption.AllDirectories).Order().First();

        string[] ask = [image, "--conf", "0", "--json", "--out", _folder.At("found")];
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

    private string Adapt(string name, string kind)
    {
        string config = run.Data.Write($"{name}.yaml", $$"""
            _base_: tiny.yaml
            train: {lr: 0.02}
            tuning:
              adapters:
                - {kind: {{kind}}, at: "neck.**", rank: 4}
            """);
        run.Data.Train(Path.GetFileName(config), name, "--base", run.Folder).Succeeds();
        return run.Data.At(name, "weights", "adapter.safetensors");
    }

    /// <summary>Largest difference of the tensors that both files have.</summary>
    private static double Distance(string first, string second)
    {
        using WeightFile one = WeightFile.Open(first), other = WeightFile.Open(second);
        return one.Entries.Where(entry => entry.Name.EndsWith(".weight", StringComparison.Ordinal))
            .Max(entry => entry.ToSingles().Zip(other[entry.Name].ToSingles()).Max(pair => Math.Abs(pair.First - pair.Second)));
    }

    private static string Boxes(GraftCli.Result result) => result.Json.GetProperty("images").ToString();

    private static GraftCli.Result Expect(int code, params string[] words)
    {
        GraftCli.Result result = GraftCli.Run(words);
        Assert.True(result.ExitCode == code, $"graft {string.Join(' ', words)}: exit code {result.ExitCode}\n{result.Errors}");
        return result;
    }
}
