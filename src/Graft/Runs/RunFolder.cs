namespace Graft.Runs;

/// <summary>The folder of one run, with the file names that Ultralytics users expect.</summary>
public sealed class RunFolder
{
    private RunFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Averaged weights of the best epoch.</summary>
    public string Best => In("weights", "best.safetensors");

    /// <summary>Averaged weights of the last epoch.</summary>
    public string Last => In("weights", "last.safetensors");

    /// <summary>What tuning changed in the best epoch, alone: adapters and unfrozen weights, with the hash of their base.</summary>
    public string Adapter => In("weights", "adapter.safetensors");

    /// <summary>Learned words of the best epoch, N×D; only where words learn.</summary>
    public string Prompts => In("weights", "prompts.npy");

    /// <summary>Everything that a resume needs.</summary>
    public string Resume => In("weights", "resume.safetensors");

    /// <summary>The resolved configuration.</summary>
    public string Arguments => In("args.yaml");

    /// <summary>One line an epoch.</summary>
    public string Results => In("results.csv");

    /// <summary>A path inside the folder.</summary>
    public string In(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Makes the next free folder: NAME, NAME2, NAME3, …</summary>
    /// <param name="project">Parent folder, such as <c>runs/detect</c>.</param>
    /// <param name="name">Such as <c>train</c>.</param>
    public static RunFolder Create(string project, string name)
    {
        string path = System.IO.Path.Combine(project, name);
        for (int number = 2; Directory.Exists(path); number++)
        {
            path = System.IO.Path.Combine(project, name + number);
        }

        return At(path);
    }

    /// <summary>A folder of a given name, made when absent.</summary>
    public static RunFolder At(string path)
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.Combine(path, "weights"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GraftException(Failure.Runtime, $"Cannot make the run folder {path}: {error.Message}", inner: error);
        }

        return new RunFolder(path);
    }

    /// <summary>Opens an existing run: its folder, or with null the newest below the project.</summary>
    /// <exception cref="GraftException">There is no such run.</exception>
    public static RunFolder Open(string? path, string project = "runs/detect")
    {
        if (path is not null)
        {
            return Directory.Exists(path)
                ? new RunFolder(path)
                : throw new GraftException(Failure.Usage, $"There is no run folder {path}.", "Give the folder that holds args.yaml and weights/.");
        }

        DirectoryInfo[] runs = Directory.Exists(project)
            ? [.. new DirectoryInfo(project).GetDirectories().Where(run => File.Exists(System.IO.Path.Combine(run.FullName, "weights", "resume.safetensors")))]
            : [];
        return runs.Length > 0
            ? new RunFolder(System.IO.Path.Combine(project, runs.MaxBy(run => File.GetLastWriteTimeUtc(System.IO.Path.Combine(run.FullName, "weights", "resume.safetensors")))!.Name))
            : throw new GraftException(Failure.Usage, $"There is no run to resume below {project}.", "Give the run folder: --resume runs/detect/train.");
    }
}
