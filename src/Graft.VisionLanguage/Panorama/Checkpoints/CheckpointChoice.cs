using System.Globalization;
using System.Text.RegularExpressions;
using Graft.Files;

namespace Graft.VisionLanguage;

/// <summary>The chosen checkpoint of a folder, with the reason.</summary>
/// <param name="Path">The file.</param>
/// <param name="Why">The reason as text.</param>
/// <param name="Others">Other checkpoints of the folder.</param>
public sealed partial record CheckpointChoice(string Path, string Why, IReadOnlyList<string> Others)
{
    /// <summary>Takes a file, or chooses in a folder: <c>best.ckpt</c>, else the lowest validation loss, else the last.</summary>
    /// <param name="path">A file, or a folder with checkpoints.</param>
    /// <param name="last">Whether to choose the last checkpoint instead of the best.</param>
    /// <exception cref="GraftException">There is no checkpoint, or none of several is marked as the best or last.</exception>
    public static CheckpointChoice Find(string path, bool last = false)
    {
        if (!Directory.Exists(path))
        {
            return new CheckpointChoice(path, "it was named", []);
        }

        string[] files = [.. new[] { "*.ckpt", "*.safetensors" }.SelectMany(pattern => Directory.EnumerateFiles(path, pattern)).Order(StringComparer.Ordinal)];
        (string file, string why) = files.Length switch
        {
            0 => throw new GraftException(Failure.Model, $"{Printable.Name(path, 400)}: there is no checkpoint (*.ckpt, *.safetensors) in this folder."),
            1 => (files[0], "it is the only one in its folder"),
            _ => last ? Last(path, files) : Best(path, files),
        };
        return new CheckpointChoice(file, why, [.. files.Where(other => other != file).Select(other => System.IO.Path.GetFileName(other)!)]);
    }

    private static (string, string) Best(string folder, string[] files)
    {
        if (files.FirstOrDefault(file => System.IO.Path.GetFileNameWithoutExtension(file) == "best") is { } best)
        {
            return (best, "it is called best");
        }

        (string File, double Loss)[] scored = [.. files.Select(file => (file, LossOf(file))).Where(pair => !double.IsNaN(pair.Item2))];
        return scored.Length > 0
            ? (scored.MinBy(pair => pair.Loss).File, string.Create(CultureInfo.InvariantCulture,
                $"its name has the lowest val_loss of {scored.Length}, {scored.Min(pair => pair.Loss)}"))
            : throw Unclear(folder, files, "best");
    }

    private static (string, string) Last(string folder, string[] files)
        => files.FirstOrDefault(file => System.IO.Path.GetFileNameWithoutExtension(file) == "last") is { } last
            ? (last, "it is called last") : throw Unclear(folder, files, "last");

    private static double LossOf(string file)
        => LossPattern().Match(System.IO.Path.GetFileNameWithoutExtension(file)) is { Success: true } match
            && double.TryParse(match.Groups[1].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out double loss) ? loss : double.NaN;

    private static GraftException Unclear(string folder, string[] files, string which) => new(Failure.Model,
        $"{Printable.Name(folder, 400)}: {files.Length} checkpoints, none of which is marked as the {which}: "
        + string.Join(", ", files.Take(10).Select(file => Printable.Name(System.IO.Path.GetFileName(file)!))), "Name the file.");

    /// <summary>Lightning's own file names: <c>…-val_loss=1.2345</c>, or <c>…_03-1.2345</c> as this training program shortens them.</summary>
    [GeneratedRegex(@"(?:val_loss=|_\d+-)(\d+\.\d+)$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex LossPattern();
}
