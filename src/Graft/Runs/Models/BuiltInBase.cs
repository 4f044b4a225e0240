namespace Graft.Runs;

/// <summary>The base that comes with Graft: YOLO-World v2 N on prompts of <c>minilm</c>, trained on drawn defects (configs/base/README.md).</summary>
public static class BuiltInBase
{
    /// <summary>The name by which every command takes it, where no file or folder has the name.</summary>
    public const string Name = "base";

    /// <summary>Its weight file; null where the program was installed without its configurations.</summary>
    public static string? Path => ConfigFinder.Folder is { } folder && System.IO.Path.Combine(folder, "base", "base.safetensors") is { } file && File.Exists(file) ? file : null;

    /// <summary>The file of a target: that of the built-in base for its name, else the target itself.</summary>
    /// <exception cref="GraftException">Of kind Model: the built-in base is named and not there.</exception>
    internal static string Resolve(string target)
        => target != Name || File.Exists(target) ? target : Path ?? throw new GraftException(
            Failure.Model, "The built-in base was not found: there is no configs/base/base.safetensors beside the program.", "Give a run folder or a weight file.");
}
