using System.Text.Json.Nodes;

namespace Graft.Cli.Tests.BadInput;

/// <summary>A copy of the tiny data set that a test may damage.</summary>
internal sealed class SpoiledData
{
    private readonly TinyData _data;
    private readonly string _name;

    internal SpoiledData(TinyData data, string name)
    {
        (_data, _name) = (data, name);
        foreach (string file in Directory.EnumerateFiles(data.Root, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(Root, Path.GetRelativePath(data.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    /// <summary>The copy.</summary>
    internal string Root => _data.At("data-" + _name);

    /// <summary>The run folder of its training.</summary>
    internal string Run => _data.At("run-" + _name);

    /// <summary>Annotations of the training images.</summary>
    internal string Annotations => Path.Combine(Root, "annotations", "train.json");

    /// <summary>Training images in order.</summary>
    internal string[] Images => [.. Directory.EnumerateFiles(Path.Combine(Root, "images", "train")).Order(StringComparer.Ordinal)];

    /// <summary>Changes the training annotations.</summary>
    internal SpoiledData Change(Action<JsonObject> change)
    {
        JsonObject json = JsonNode.Parse(File.ReadAllText(Annotations))!.AsObject();
        change(json);
        File.WriteAllText(Annotations, json.ToJsonString());
        return this;
    }

    /// <summary>Trains one epoch on it.</summary>
    internal GraftCli.Result Train(params string[] more)
        => GraftCli.Run(["train", _data.At("tiny.yaml"), "--data", Root, "--work-dir", Run, "train.epochs=1", .. more]);
}
