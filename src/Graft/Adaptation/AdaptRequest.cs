namespace Graft.Adaptation;

/// <summary>What is adapted, to what, and for how long.</summary>
/// <param name="Data">The labelled images: a folder, a YOLO <c>data.yaml</c>, or a COCO file.</param>
public sealed record AdaptRequest(string Data)
{
    /// <summary>Words for the classes: a prompt file with one entry per class in label order, or a list <c>"a,b"</c>; null: those of the data,
    /// which are its class names where it has no prompt file.</summary>
    public string? Words { get; init; }

    /// <summary>The base: a run folder, a weight file, or the name of the built-in base.</summary>
    public string Base { get; init; } = Runs.BuiltInBase.Name;

    /// <summary>Minutes for everything, from the check to the page.</summary>
    public double Minutes { get; init; } = 10;

    /// <summary>The folder to write; null: the next free one of <c>runs/adapt/NAME</c>, named after the data.</summary>
    public string? Folder { get; init; }

    /// <summary>Whether an earlier adaptation in <see cref="Folder"/> is replaced.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Settings as <c>key=value</c>, which win over what is chosen.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Threads that decode images.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>The command line, for the page.</summary>
    public string Command { get; init; } = "graft adapt";

    /// <summary>Whether a setting is given, so that nothing is chosen for it.</summary>
    internal bool Gives(string key) => Settings.Any(setting => setting.StartsWith(key + "=", StringComparison.Ordinal));
}
