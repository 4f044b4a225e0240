using System.Text.Json;
using System.Text.Json.Nodes;

namespace Graft.Cli.Tests.Commands;

/// <summary>graft export --int8: its options, its refusals, and its result where this machine computes int8 faster.</summary>
public sealed class ExportInt8Tests(TinyRun run) : IClassFixture<TinyRun>
{
    [Fact]
    public void Options_NeedEachOther()
    {
        string target = run.Data.At("options.onnx");
        Run(target).Fails(2, "--calibrate");
        Run(target, "--calibrate", run.Data.Root, "--half").Fails(2, "float16");
        Run(target, "--calibrate", run.Data.Root, "--max-drop", "2").Fails(2, "--max-drop");
        GraftCli.Run("export", run.Folder, "--out", target, "--calibrate", run.Data.Root).Fails(2, "--int8");
        GraftCli.Run("export", run.Folder, "--out", target, "--max-drop", "0.1").Fails(2, "--int8");
        Run(target, "--calibrate", run.Data.At("absent")).Fails(3, "absent");
        Assert.False(File.Exists(target));
    }

    [Fact]
    public void DataInWhichNothingIsFound_IsRefused()
    {
        long category = JsonNode.Parse(File.ReadAllText(run.Data.Json("val")))!["categories"]![0]!["id"]!.GetValue<long>();
        string data = Data("blind", (id, image) => Box(id, image, category, [0, 0, 2, 2])), target = run.Data.At("blind.onnx");
        Run(target, "--calibrate", data, "--allow-stand-ins").Fails(6, "finds nothing");
        Assert.Empty(Directory.EnumerateFiles(Path.GetDirectoryName(target)!, "blind.onnx*"));
    }

    [Fact]
    public void FasterModel_IsWritten_AndASlowerOneRefused()
    {
        // The objects are what the model finds, so that its mAP is above 0 after seconds of training.
        string results = run.Data.At("results.json"), target = run.Data.At("int8.onnx");
        GraftCli.Run("val", run.Folder, "predict.score_threshold=0", "--save-json", results).Succeeds();
        ILookup<long, JsonNode> found = JsonNode.Parse(File.ReadAllText(results))!.AsArray().OfType<JsonNode>().ToLookup(box => box["image_id"]!.GetValue<long>());
        string data = Data("own", (id, image) => found[image].MaxBy(box => box["score"]!.GetValue<double>()) is { } best
            ? Box(id, image, best["category_id"]!.GetValue<long>(), [.. best["bbox"]!.AsArray().Select(value => value!.GetValue<double>())]) : null);
        GraftCli.Result result = GraftCli.Run([.. PageCommand(target, data), "predict.score_threshold=0", "--max-drop", "1", "--allow-stand-ins", "--json"]);
        if (result.ExitCode != 0)
        {
            // Not every processor computes int8 faster, and this one may be busy.
            result.Fails(6, "not faster");
            Assert.Empty(Directory.EnumerateFiles(Path.GetDirectoryName(target)!, "int8.onnx*"));
            return;
        }

        JsonElement int8 = result.Json.GetProperty("int8");
        Assert.InRange(int8.GetProperty("map_before").GetDouble(), 1e-6, 1);
        Assert.InRange(int8.GetProperty("map_after").GetDouble(), 0, 1);
        Assert.True(int8.GetProperty("speedup").GetDouble() > 1);
        Assert.Equal(new FileInfo(target).Length, int8.GetProperty("bytes_after").GetInt64());
        Assert.True(int8.GetProperty("bytes_after").GetInt64() < int8.GetProperty("bytes_before").GetInt64());
        Assert.Equal(["int8.onnx"], Directory.EnumerateFiles(Path.GetDirectoryName(target)!, "int8.onnx*").Select(file => Path.GetFileName(file)));
    }

    /// <summary>The command line of docs/export-int8.md without what it shows as optional.</summary>
    private string[] PageCommand(string target, string data)
    {
        string page = File.ReadAllText(Path.Combine(Shared.Checkout, "docs", "export-int8.md"));
        string line = page.Split("```sh\n")[1].Split('\n')[0].Split(" [")[0];
        Assert.Equal("./graft export RUN --out MODEL.onnx --int8 --calibrate DATA", line);
        Dictionary<string, string> own = new() { ["RUN"] = run.Folder, ["MODEL.onnx"] = target, ["DATA"] = data };
        return [.. line.Split(' ').Skip(1).Select(word => own.GetValueOrDefault(word, word))];
    }

    private GraftCli.Result Run(string target, params string[] more) => GraftCli.Run(["export", run.Folder, "--out", target, "--int8", .. more]);

    /// <summary>The images of the run with other objects in its validation split.</summary>
    private string Data(string name, Func<int, long, JsonObject?> box)
    {
        string root = run.Data.At(name);
        foreach (string file in Directory.EnumerateFiles(run.Data.Root, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(root, Path.GetRelativePath(run.Data.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        string path = Path.Combine(root, "annotations", "val.json");
        JsonNode annotations = JsonNode.Parse(File.ReadAllText(path))!;
        annotations["annotations"] = new JsonArray([.. annotations["images"]!.AsArray().Select((image, i) => (JsonNode?)box(i + 1, image!["id"]!.GetValue<long>())).OfType<JsonNode>()]);
        File.WriteAllText(path, annotations.ToJsonString());
        return root;
    }

    private static JsonObject Box(int id, long image, long category, double[] box) => new()
    {
        ["id"] = id,
        ["image_id"] = image,
        ["category_id"] = category,
        ["bbox"] = new JsonArray([.. box.Select(value => (JsonNode?)value)]),
        ["area"] = box[2] * box[3],
        ["iscrowd"] = 0,
    };
}
