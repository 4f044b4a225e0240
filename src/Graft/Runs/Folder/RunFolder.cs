using System.Globalization;
using System.Text.RegularExpressions;

namespace Graft.Runs;

/// <summary>The folder of one run, with the file names that Ultralytics users expect.</summary>
public sealed partial class RunFolder
{
    private static readonly string[] Written =
    [
        "args.yaml", "results.csv", "results.png", "labels.jpg", "BoxPR_curve.png", "BoxF1_curve.png", "BoxP_curve.png", "BoxR_curve.png",
        "confusion_matrix.png", "confusion_matrix_normalized.png", "val_batch0_labels.jpg", "val_batch0_pred.jpg", "experts.csv",
        "report.json", "report.html", "report.md",
    ];

    private RunFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Averaged weights of the best epoch.</summary>
    public string Best => In("weights", "best.safetensors");

    /// <summary>Averaged weights of the last epoch.</summary>
    public string Last => In("weights", "last.safetensors");

    /// <summary>The weight file of the run: that of the best epoch, else that of the last; null without either.</summary>
    public string? Model => File.Exists(Best) ? Best : File.Exists(Last) ? Last : null;

    /// <summary>Adapters and unfrozen weights of the best epoch, with the hash of their base.</summary>
    public string Adapter => In("weights", "adapter.safetensors");

    /// <summary>Trained text embeddings of the best epoch, N×D; only with prompt tuning.</summary>
    public string Prompts => In("weights", "prompts.npy");

    /// <summary>Everything that a resume needs.</summary>
    public string Resume => In("weights", "resume.safetensors");

    /// <summary>Folder of what the frozen part gives, until the run is finished; only with <c>train.feature_cache=disk</c>.</summary>
    public string Features => In("features");

    /// <summary>The resolved configuration.</summary>
    public string Arguments => In("args.yaml");

    /// <summary>One line per epoch.</summary>
    public string Results => In("results.csv");

    /// <summary>A path inside the folder.</summary>
    public string In(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Whether a run has started here: configuration, results or weights are there.</summary>
    public bool HoldsRun => File.Exists(Arguments) || File.Exists(Results)
        || (Directory.Exists(In("weights")) && Directory.EnumerateFiles(In("weights"), "*.safetensors").Any());

    /// <summary>Creates the next free folder: NAME, NAME2, NAME3, …; concurrent callers get different folders.</summary>
    /// <param name="project">Parent folder, such as <c>runs/detect</c>.</param>
    /// <param name="name">Such as <c>train</c>.</param>
    public static RunFolder Create(string project, string name)
    {
        // Renaming does not replace a folder that is not empty, and each run folder has its weights/.
        RunFolder made = At(System.IO.Path.Combine(project, $".{name}-{Guid.NewGuid():n}"));
        for (int number = 1; ; number++)
        {
            string path = System.IO.Path.Combine(project, number == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}{number}"));
            if (Taken(path))
            {
                continue;
            }

            try
            {
                Directory.Move(made.Path, path);
                return new RunFolder(path);
            }
            catch (IOException) when (Taken(path))
            {
                // Another process took the name first.
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                Directory.Delete(made.Path, recursive: true);
                throw new GraftException(Failure.Runtime, $"Cannot create the run folder {path}: {error.Message}", inner: error);
            }
        }
    }

    /// <summary>Creates the next free folder, as <see cref="Create"/>, for results that are no run; it is empty.</summary>
    /// <param name="project">Parent folder, such as <c>runs/adapt</c>.</param>
    /// <param name="name">Such as the name of the data.</param>
    public static string CreateEmpty(string project, string name)
    {
        string made = Create(project, name).Path;
        Directory.Delete(System.IO.Path.Combine(made, "weights"));
        return made;
    }

    /// <summary>A folder of a given name, created when absent.</summary>
    public static RunFolder At(string path)
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.Combine(path, "weights"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GraftException(Failure.Runtime, $"Cannot create the run folder {path}: {error.Message}", "Check its permissions, and that no file has this path.", error);
        }

        return new RunFolder(path);
    }

    /// <summary>The folder of a run that another process writes; nothing is created here.</summary>
    internal static RunFolder Of(string path) => new(path);

    /// <summary>Checks that a folder may be given to a new run; writes nothing.</summary>
    /// <exception cref="GraftException">Of kind Refused: it holds a run.</exception>
    public static void RequireFree(string path)
    {
        if (new RunFolder(path).HoldsRun)
        {
            throw new GraftException(
                Failure.Refused, $"The folder {path} already holds a run.", $"Continue it with --resume {path}, give another folder, or replace it with --overwrite.");
        }
    }

    /// <summary>Deletes the files that runs write, and no others.</summary>
    public void Clear()
    {
        try
        {
            foreach (string name in Written.Append("weights/prompts.npy").Append("weights/prompts.npy.json"))
            {
                File.Delete(In(name));
                File.Delete(In(name + ".partial"));
            }

            foreach (string events in Directory.Exists(Path) ? Directory.GetFiles(Path, "events.out.tfevents.*.graft.*") : [])
            {
                File.Delete(events);
            }

            if (Directory.Exists(Features))
            {
                Directory.Delete(Features, recursive: true);
            }

            foreach (string file in Directory.Exists(In("weights")) ? Directory.GetFiles(In("weights")) : [])
            {
                if (WeightNames().IsMatch(System.IO.Path.GetFileName(file)))
                {
                    File.Delete(file);
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GraftException(Failure.Runtime, $"Cannot replace the run in {Path}: {error.Message}", inner: error);
        }
    }

    /// <summary>Opens an existing run.</summary>
    /// <exception cref="GraftException">There is no such run.</exception>
    public static RunFolder Open(string path)
        => Directory.Exists(path)
            ? new RunFolder(path)
            : throw new GraftException(Failure.Usage, $"There is no run folder {path}.", "Give the folder that holds args.yaml and weights/.");

    /// <summary>Opens the run that a path names: its folder, or a file in it or in its <c>weights</c>, as other tools do.</summary>
    /// <exception cref="GraftException">There is no such run.</exception>
    public static RunFolder Holding(string path)
    {
        if (!File.Exists(path) || System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) is not { } folder)
        {
            return Open(path);
        }

        return Open(System.IO.Path.GetFileName(folder) == "weights" ? System.IO.Path.GetDirectoryName(folder)! : folder);
    }

    /// <summary>Every run below a project that can be resumed, the newest first.</summary>
    public static IReadOnlyList<RunFolder> Below(string project) => Directory.Exists(project)
        ? [.. Directory.GetDirectories(project).Select(path => new RunFolder(path)).Where(run => File.Exists(run.Resume))
            .OrderByDescending(run => File.GetLastWriteTimeUtc(run.Resume))]
        : [];

    private static bool Taken(string path) => Directory.Exists(path) || File.Exists(path);

    [GeneratedRegex(@"^(best|last|resume|adapter|epoch\d+)\.safetensors(\.partial)?$")]
    private static partial Regex WeightNames();
}
