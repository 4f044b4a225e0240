namespace Graft.Runs;

/// <summary>Counts of the inputs, before anything is written.</summary>
/// <param name="Images">Files that are read as images.</param>
/// <param name="Videos">Files that are read as videos.</param>
/// <param name="OtherFiles">Files in folders that are neither, by extension.</param>
/// <param name="Results">Images and videos in the folder of results, which lies in an input folder and is skipped.</param>
/// <param name="EmptyFolders">Folders without images and videos.</param>
public sealed record PredictionSurvey(
    int Images, int Videos, IReadOnlyDictionary<string, int> OtherFiles, int Results, IReadOnlyList<string> EmptyFolders)
{
    private const int Named = 5;

    /// <summary>Everything that yields a result or an error: images, videos, empty folders.</summary>
    public int Inputs => Images + Videos + EmptyFolders.Count;

    /// <summary>What is skipped, one sentence per kind.</summary>
    public IEnumerable<string> Notes(string results)
    {
        if (OtherFiles.Count > 0)
        {
            yield return $"{Others()} skipped";
        }

        if (Results > 0)
        {
            yield return $"{Counted.Of(Results, "file")} in {results}, the folder of results, {(Results == 1 ? "is" : "are")} skipped";
        }
    }

    /// <summary>Reads "3 files that are neither images nor videos (.heic 2, .gif 1)".</summary>
    internal string Others()
    {
        int count = OtherFiles.Values.Sum();
        KeyValuePair<string, int>[] kinds = [.. OtherFiles.OrderByDescending(kind => kind.Value).ThenBy(kind => kind.Key, StringComparer.Ordinal)];
        string list = string.Join(", ", kinds.Take(Named).Select(kind => $"{kind.Key} {kind.Value}"));
        return $"{Counted.Of(count, "file")} that {(count == 1 ? "is neither an image nor a video" : "are neither images nor videos")} ({list}{(kinds.Length > Named ? ", …" : "")})";
    }
}
