using Graft.Files;
using Graft.Runs;

namespace Graft.Adaptation;

/// <summary>The folder of an adaptation, and the names of its files.</summary>
public sealed class AdaptFolder
{
    private const string Project = "runs/adapt";
    private readonly bool _isNew, _isNumbered;
    private readonly List<string> _early = [];

    private AdaptFolder(string path, string name, bool isNew, bool isNumbered = false) => (Path, Name, _isNew, _isNumbered) = (path, name, isNew, isNumbered);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Name of the data, and of the ONNX file.</summary>
    public string Name { get; }

    /// <summary>What was chosen, as a configuration that <c>graft train</c> reads.</summary>
    public string Config => In("adapt.yaml");

    /// <summary>The training run.</summary>
    public string Run => In("run");

    /// <summary>The adapted model without adapters.</summary>
    public string Merged => In("merged.safetensors");

    /// <summary>The base and the adapted model in one.</summary>
    public string Joined => In("joined.safetensors");

    /// <summary>The model for ONNX Runtime.</summary>
    public string Onnx => In(Name + ".onnx");

    /// <summary>The page.</summary>
    public string Page => In("report.html");

    /// <summary>The same as Markdown.</summary>
    public string Markdown => In("report.md");

    /// <summary>Validation images before and after.</summary>
    public string Picture => In("before_after.jpg");

    /// <summary>The words of the classes, where they are not those of the data.</summary>
    public string Words => In("words.json");

    /// <summary>The commands that deliver a complete training.</summary>
    internal string GoOn => $"{ShellText.Line("graft", "merge", Run, "--out", Merged)} and {ShellText.Line("graft", "export", Run, "--out", Onnx)}";

    /// <summary>Annotations of a split, where validation images are held out.</summary>
    public string Split(string name) => In("split", name + ".json");

    /// <summary>Chooses the folder and checks that it may be written.</summary>
    /// <param name="request">Names it, or does not.</param>
    /// <param name="data">The folder of the data.</param>
    /// <exception cref="GraftException">Of kind Refused: it holds an adaptation or a run; of kind Usage: it is a file, or the data.</exception>
    internal static AdaptFolder Take(AdaptRequest request, string data)
    {
        string name = NameOf(data);
        if (request.Folder is not { } given)
        {
            return new AdaptFolder(RunFolder.CreateEmpty(Project, name), name, isNew: true, isNumbered: true);
        }

        if (File.Exists(given) || System.IO.Path.GetFullPath(given) == System.IO.Path.GetFullPath(data))
        {
            throw new GraftException(Failure.Usage, $"--out {given} is {(File.Exists(given) ? "a file" : "the data")}; expected the folder to write.", "Give another --out.");
        }

        AdaptFolder folder = new(given, name, !Directory.Exists(given));
        if (folder.Written().FirstOrDefault(File.Exists) is { } found && !request.Overwrite)
        {
            throw new GraftException(Failure.Refused, $"The folder {given} already holds an adaptation ({System.IO.Path.GetFileName(found)}).", "Give another --out, or replace it with --overwrite.");
        }

        RunLock.RequireNone(folder.Run);
        if (!request.Overwrite)
        {
            RunFolder.RequireFree(folder.Run);
        }

        AtomicFile.RequireWritable(folder.Config);
        return folder;
    }

    /// <summary>Notes a file that is written before the plan is made, so that <see cref="Abandon"/> removes it.</summary>
    internal string Early(string path)
    {
        if (!File.Exists(path))
        {
            _early.Add(path);
        }

        return path;
    }

    /// <summary>Removes the results of an earlier adaptation; its run is replaced by the training.</summary>
    internal void Clear()
    {
        foreach (string file in Written().Where(file => File.Exists(file) && file != Words && file != Split("train") && file != Split("val")))
        {
            File.Delete(file);
        }
    }

    /// <summary>Leaves nothing behind when the adaptation ends before its training began.</summary>
    internal void Abandon()
    {
        _early.Where(File.Exists).ToList().ForEach(File.Delete);
        string[] own = _isNew ? [Path] : [], parents = _isNumbered ? [Project, System.IO.Path.GetDirectoryName(Project)!] : [];
        foreach (string folder in (string[])[In("split"), .. own, .. parents])
        {
            if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
            }
        }
    }

    private string[] Written() => [Config, Merged, Joined, Onnx, Page, Markdown, Picture, Words, Split("train"), Split("val")];

    private string In(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>The name of the data's folder, with nothing that a file name cannot have.</summary>
    private static string NameOf(string data)
    {
        string name = System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(data)));
        string clean = string.Concat(name.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')).Trim('.', '-');
        return clean.Length > 0 ? clean : "data";
    }
}
