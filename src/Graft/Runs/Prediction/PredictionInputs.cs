using Graft.Data;

namespace Graft.Runs;

/// <summary>
/// The images and videos of some targets, folders with their sub-folders, and the name of each result. They are listed folder by folder,
/// again each time, so memory does not grow with their number.
/// </summary>
/// <remarks>Sub-folders of an input folder are kept. A name that is taken keeps its own extension (<c>001.png.jpg</c>) or gets
/// a number (<c>001-2.jpg</c>).</remarks>
public sealed class PredictionInputs
{
    private const string ImageResult = ".jpg", VideoResult = ".mp4";
    private static readonly string[] Videos = [".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".webm", ".wmv"];

    private readonly IReadOnlyList<string> _targets;
    private readonly string? _results;
    private readonly string _leftOut;

    /// <summary>Creates the list of inputs.</summary>
    /// <param name="targets">Files and folders.</param>
    /// <param name="results">The folder of results; null: a new one.</param>
    /// <param name="leftOut">A folder that is skipped inside input folders: that of the results, earlier ones included.</param>
    public PredictionInputs(IReadOnlyList<string> targets, string? results, string leftOut)
    {
        (_targets, _results, _leftOut) = (targets, results, FolderWalk.Real(leftOut));
        if (results is not null && File.Exists(results))
        {
            throw new GraftException(Failure.Usage, $"{results} is a file; expected a folder for the results.", "Name a folder, new or existing.");
        }

        if (results is not null && targets.FirstOrDefault(target => Directory.Exists(target) && FolderWalk.Real(target) == FolderWalk.Real(results)) is { } same)
        {
            throw new GraftException(Failure.Usage, $"{results} is the input folder ({same}); results would be mixed with the images.", "Name another folder for the results.");
        }
    }

    /// <summary>Counts the inputs, and checks that no result replaces an input.</summary>
    /// <exception cref="GraftException">Of kind Usage: a result would replace an input. Of kind Data: the only target is a folder that
    /// contains no images or videos.</exception>
    public PredictionSurvey Survey()
    {
        int images = 0, videos = 0;
        Counts counts = new();
        HashSet<string> files = [.. _targets.Where(target => !Directory.Exists(target)).SelectMany(Names)];
        string[] folders = [.. _targets.Where(Directory.Exists).Select(FolderWalk.Real)];
        foreach (PredictionInput input in List(counts))
        {
            (images, videos) = input.IsVideo ? (images, videos + 1) : (images + 1, videos);
            if (_results is not null && Path.GetFullPath(Path.Combine(FolderWalk.Real(_results), input.Result)) is var result
                && File.Exists(result) && (files.Contains(result) || folders.Any(folder => IsInput(result, folder))))
            {
                throw new GraftException(
                    Failure.Usage, $"The result of {input.Path} would replace {result}, which is an input too.", "Name another folder for the results.");
            }
        }

        PredictionSurvey survey = new(images, videos, counts.Others, counts.Results, counts.Empty);
        return _targets.Count == 1 && counts.Empty.Count == 1 ? throw NothingIn(counts.Empty[0], survey) : survey;
    }

    /// <summary>Every input, targets in the order given, folders by name.</summary>
    public IEnumerable<PredictionInput> List() => List(new Counts());

    /// <summary>The error for a folder without images and videos.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="survey">What the folder contains instead, where it is the only target.</param>
    public static GraftException NothingIn(string folder, PredictionSurvey? survey = null)
    {
        string others = survey is { OtherFiles.Count: > 0 } ? $" It holds {survey.Others()}." : "";
        string results = survey is { Results: > 0 } ? $" {Counted.Of(survey.Results, "file")} in the folder of results {(survey.Results == 1 ? "is" : "are")} skipped." : "";
        return new GraftException(
            Failure.Data, $"{folder}: contains no images or videos, not even in its subfolders.{others}{results}",
            $"JPEG, PNG, BMP, TIFF and WebP images and videos ({string.Join(", ", Videos)}) are read.");
    }

    private IEnumerable<PredictionInput> List(Counts counts)
    {
        ResultNames names = new(keepsAll: _targets.Count > 1);
        foreach (string target in _targets)
        {
            if (!Directory.Exists(target))
            {
                bool video = IsVideo(target);
                yield return new PredictionInput(target, names.Take("", Path.GetFileName(target), video ? VideoResult : ImageResult), video);
                continue;
            }

            bool found = false;
            foreach (FolderWalk.Entry entry in FolderWalk.Files(target, _leftOut))
            {
                bool video = IsVideo(entry.Path);
                if (!video && !ImageList.IsImage(entry.Path))
                {
                    counts.Other(entry);
                    continue;
                }

                if (entry.LeftOut)
                {
                    counts.Results++;
                    continue;
                }

                found = true;
                yield return new PredictionInput(entry.Path, names.Take(entry.Folder, Path.GetFileName(entry.Path), video ? VideoResult : ImageResult), video);
            }

            if (!found)
            {
                counts.Empty.Add(target);
            }
        }
    }

    private bool IsInput(string file, string folder)
        => FolderWalk.Contains(folder, file) && !(FolderWalk.Contains(folder, _leftOut) && FolderWalk.Contains(_leftOut, file))
            && (ImageList.IsImage(file) || IsVideo(file));

    private static bool IsVideo(string path) => Videos.Contains(Path.GetExtension(path).ToLowerInvariant());

    /// <summary>A file's full path with the links of its folder resolved, and that of what it links to.</summary>
    private static IEnumerable<string> Names(string file)
    {
        string full = Path.GetFullPath(file);
        yield return Path.Combine(FolderWalk.Real(Path.GetDirectoryName(full) ?? full), Path.GetFileName(full));
        if (File.Exists(full) && File.ResolveLinkTarget(full, returnFinalTarget: true) is { } linked)
        {
            yield return linked.FullName;
        }
    }

    private sealed class Counts
    {
        internal SortedDictionary<string, int> Others { get; } = new(StringComparer.Ordinal);

        internal List<string> Empty { get; } = [];

        internal int Results { get; set; }

        internal void Other(FolderWalk.Entry entry)
        {
            if (!entry.LeftOut)
            {
                string extension = Path.GetExtension(entry.Path).ToLowerInvariant() is { Length: > 0 } named ? named : "without extension";
                Others[extension] = Others.GetValueOrDefault(extension) + 1;
            }
        }
    }

    /// <summary>Gives each input a unique result; with one target only the names of the present folder are kept in memory.</summary>
    private sealed class ResultNames(bool keepsAll)
    {
        private readonly Dictionary<string, HashSet<string>> _taken = [];

        internal string Take(string folder, string file, string extension)
        {
            if (!_taken.TryGetValue(folder, out HashSet<string>? taken))
            {
                if (!keepsAll)
                {
                    _taken.Clear();
                }

                // Some file systems ignore case.
                taken = _taken[folder] = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            }

            string stem = Path.GetFileNameWithoutExtension(file);
            string name = stem + extension;
            if (!taken.Add(name))
            {
                name = file + extension;
                bool keeps = !extension.Equals(Path.GetExtension(file), StringComparison.OrdinalIgnoreCase) && taken.Add(name);
                for (int number = 2; !keeps; number++)
                {
                    name = $"{stem}-{number}{extension}";
                    keeps = taken.Add(name);
                }
            }

            return Path.Combine(folder, name);
        }
    }
}
