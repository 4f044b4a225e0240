using System.Globalization;
using Graft.Detectors;
using Graft.Files;

namespace Graft.Data;

/// <summary>
/// Reads YOLO label files, as fractions of the image's size. A line is <c>class cx cy w h</c>; or a polygon <c>class x1 y1 x2 y2 x3 y3 …</c>
/// (also the four corners of an oriented box), whose bounding box is used; or, where data.yaml has <c>kpt_shape</c>, a box
/// followed by key points, which are skipped.
/// </summary>
internal static class YoloLabelFile
{
    // Exporters round; common readers accept this much beyond the image.
    private const double Tolerated = 0.01;
    private const int BoxColumns = 5;
    private const int LongestShown = 120;

    /// <summary>
    /// Where the labels of an image are: the last folder <c>images</c> of its path becomes <c>labels</c>, in the same or another case, with
    /// the ending <c>.txt</c> or <c>.TXT</c>; the first candidate where there is no such file.
    /// </summary>
    public static string PathOf(string image)
    {
        string[] places = [.. Places(image)];
        return places.FirstOrDefault(File.Exists) ?? places[0];
    }

    /// <summary>The folder that holds the labels of a folder of images.</summary>
    public static string FolderOf(string images)
    {
        string[] folders = [.. Places(Path.Combine(images, "any.jpg")).Select(place => Path.GetDirectoryName(place)!)];
        return folders.FirstOrDefault(Directory.Exists) ?? folders[0];
    }

    /// <summary>The objects of each line; malformed lines are noted. A missing file gives none.</summary>
    /// <param name="path">The label file.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="keyPointColumns">Values after the box, from <c>kpt_shape</c>; null: lines longer than a box are polygons.</param>
    /// <param name="problems">Receives the problems.</param>
    public static IReadOnlyList<YoloLabel> Read(string path, int classes, int? keyPointColumns, DataProblems problems)
    {
        List<YoloLabel> objects = [];
        if (!File.Exists(path))
        {
            return objects;
        }

        string[] lines;
        try
        {
            lines = TextFile.ReadLines(path, "YOLO labels", Failure.Data);
        }
        catch (GraftException error) when (error.Failure == Failure.Data)
        {
            problems.Add(DataProblemKind.MalformedLabel, $"{error.Message} {error.Hint}".TrimEnd());
            return objects;
        }

        int line = 0;
        foreach (string text in lines)
        {
            line++;
            if (string.IsNullOrWhiteSpace(text))
            {
                continue;
            }

            string place = string.Create(CultureInfo.InvariantCulture, $"{path}:{line}");
            if (Parse(text, place, keyPointColumns) is not { } found)
            {
                problems.Add(DataProblemKind.MalformedLabel, $"{place}: '{Printable.Name(text.Trim(), LongestShown)}'{Why(text, keyPointColumns)}");
            }
            else if (found.Class < 0 || found.Class >= classes || found.Class != Math.Floor(found.Class))
            {
                problems.Add(DataProblemKind.ClassOutOfRange, string.Create(
                    CultureInfo.InvariantCulture, $"{place}: class {found.Class}, known are 0 to {classes - 1}"));
            }
            else
            {
                objects.Add(found);
            }
        }

        return objects;
    }

    /// <summary>What a malformed line probably is, in brackets; empty when nothing is known.</summary>
    private static string Why(string line, int? keyPointColumns)
    {
        if (line.AsSpan().ContainsAny(',', ';'))
        {
            return " (values are separated by spaces, and decimals have a point)";
        }

        double?[] numbers = [.. line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(NumberText.Real)];
        return numbers.Skip(1).Take(BoxColumns - 1).Any(number => number > 1 + Tolerated) ? " (pixels? values are shares of the image's width and height)"
            : keyPointColumns is { } more && numbers.Length > BoxColumns ? string.Create(CultureInfo.InvariantCulture, $" (kpt_shape requires {BoxColumns + more} values, found {numbers.Length})")
            : numbers.Length == BoxColumns + 1 ? " (a sixth value: is it a detection with its score?)"
            : "";
    }

    private static IEnumerable<string> Places(string image)
    {
        char slash = Path.DirectorySeparatorChar;
        string images = $"{slash}images{slash}";
        int at = image.LastIndexOf(images, StringComparison.OrdinalIgnoreCase);
        string[] folders = at < 0 ? [image]
            : [.. LabelFolders(image.AsSpan(at + 1, 2)).Select(labels => $"{image[..at]}{slash}{labels}{slash}{image[(at + images.Length)..]}")];
        return folders.Select(path => Path.ChangeExtension(path, ".txt")).Concat(folders.Select(path => Path.ChangeExtension(path, ".TXT")));
    }

    /// <summary>The names of a label folder, the one in the case of its image folder first.</summary>
    private static string[] LabelFolders(ReadOnlySpan<char> images) => images switch
    {
        "IM" => ["LABELS", "Labels", "labels"],
        ['I', _] => ["Labels", "labels", "LABELS"],
        _ => ["labels", "Labels", "LABELS"],
    };

    private static YoloLabel? Parse(string line, string place, int? keyPointColumns)
    {
        string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        double[] numbers = new double[words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            bool isNumber = double.TryParse(words[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]);
            bool inside = i == 0 || (keyPointColumns is not null && i >= BoxColumns) || numbers[i] is >= -Tolerated and <= 1 + Tolerated;
            if (!isNumber || !double.IsFinite(numbers[i]) || !inside)
            {
                return null;
            }
        }

        if (numbers.Length == BoxColumns || (keyPointColumns is { } more && numbers.Length == BoxColumns + more))
        {
            return new YoloLabel(numbers[0], CentredBox(numbers), place);
        }

        // A polygon: class x1 y1 x2 y2 x3 y3 …
        if (keyPointColumns is not null || numbers.Length < 7 || numbers.Length % 2 == 0)
        {
            return null;
        }

        double[] x = [.. numbers.Skip(1).Where((_, i) => i % 2 == 0)];
        double[] y = [.. numbers.Skip(1).Where((_, i) => i % 2 == 1)];
        return new YoloLabel(numbers[0], new Box(x.Min(), y.Min(), x.Max(), y.Max()), place)
        {
            IsLong = true,
            LooksLikeKeyPoints = KeyPointLine.Fits(numbers),
            LooksLikeTrack = KeyPointLine.IsTrack(numbers),
        };
    }

    private static Box CentredBox(double[] numbers)
        => Box.FromSize(numbers[1] - (numbers[3] / 2), numbers[2] - (numbers[4] / 2), numbers[3], numbers[4]);
}
