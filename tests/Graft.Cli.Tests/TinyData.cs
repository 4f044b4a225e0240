using Graft.Synthetic;

namespace Graft.Cli.Tests;

/// <summary>A dozen drawn images, and configurations of a network that trains on them in seconds.</summary>
public sealed class TinyData : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TinyData()
    {
        SyntheticOptions options = new() { Classes = ["hole", "stain"], Materials = ["ceramic tile"] };
        SyntheticDataset.Write(Root, [new("train", 1_000, 8) { Options = options }, new("val", 2_000, 4) { Options = options }]);
        _folder.Write("tiny.yaml", """
            model: {kind: yolo_world, widen_factor: 0.125, deepen_factor: 0.33, last_stage_out_channels: 512}
            text: {model: stand-in}
            train: {epochs: 2, batch: 2, imgsz: 64, lr: 0.001, close_mosaic: 1, workers: 1}
            """);
        _folder.Write("adapt.yaml", """
            _base_: tiny.yaml
            tuning:
              adapters:
                - {kind: rep_mona, at: "neck.**", rank: 4}
            """);
    }

    /// <summary>The data set: COCO files with images.</summary>
    internal string Root => _folder.At("data");

    /// <summary>Annotations of a split.</summary>
    internal string Json(string split) => Path.Combine(Root, "annotations", split + ".json");

    /// <summary>An image by its number.</summary>
    internal string Image(string split, int number) => Path.Combine(Root, "images", split, $"{number:000000}.jpg");

    /// <summary>A path beside the data.</summary>
    internal string At(params string[] parts) => _folder.At(parts);

    /// <summary>Writes a text file beside the data.</summary>
    internal string Write(string name, string text) => _folder.Write(name, text);

    /// <summary>The arguments of a training command; its run folder has that name beside the data.</summary>
    internal string[] Command(string config, string run, params string[] more)
        => ["train", At(config), "--data", Root, "--work-dir", At(run), .. more];

    /// <summary>Runs training, whatever its result.</summary>
    internal GraftCli.Result Train(string config, string run, params string[] more) => GraftCli.Run(Command(config, run, more));

    public void Dispose() => _folder.Dispose();
}
