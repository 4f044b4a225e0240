namespace Graft.Comparison;

/// <summary>What is compared: strategies, on which data, from which base, for how long.</summary>
/// <param name="Configs">Configurations by path or name; the first is the baseline.</param>
/// <param name="Data">The labelled images: a folder, a YOLO <c>data.yaml</c>, or a COCO file.</param>
/// <param name="Base">The base: a run folder, a weight file, or the name of the built-in base.</param>
public sealed record CompareRequest(IReadOnlyList<string> Configs, string Data, string Base)
{
    /// <summary>Images of the base's own classes, on which is measured what a strategy leaves of them; null: the data that the base was trained with.</summary>
    public string? BaseData { get; init; }

    /// <summary>Runs of each strategy, with the seeds 0, 1, 2, …</summary>
    public int Seeds { get; init; } = 3;

    /// <summary>Minutes of each run, validation included; null: <see cref="Epochs"/> count.</summary>
    public double? Minutes { get; init; }

    /// <summary>Epochs of each run; null: <see cref="Minutes"/> count.</summary>
    public int? Epochs { get; init; }

    /// <summary>Shares of the training images, 0..1, each of which is trained on with as many steps.</summary>
    public IReadOnlyList<double> Fractions { get; init; } = [1];

    /// <summary>The folder to write; null: the next free one of <c>runs/compare</c>.</summary>
    public string? Folder { get; init; }

    /// <summary>Whether an earlier comparison in <see cref="Folder"/> is replaced.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Settings as <c>key=value</c> for every strategy.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>The command line, for the page.</summary>
    public string Command { get; init; } = "graft compare";

    /// <summary>Whether a setting is given, so that nothing is chosen for it.</summary>
    internal bool Gives(string key) => Settings.Any(setting => setting.StartsWith(key + "=", StringComparison.Ordinal));
}
