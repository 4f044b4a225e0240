using System.Globalization;
using Graft.Detection;

namespace Graft.Data;

/// <summary>Reads YOLO label files: <c>class cx cy w h</c> a line, or a polygon, as fractions of the picture's size.</summary>
internal static class YoloLabelFile
{
    // Exporters round; the field's readers accept this much beyond the picture.
    private const double Tolerated = 0.01;

    /// <summary>Where the labels of a picture are: the last folder <c>images</c> of its path becomes <c>labels</c>.</summary>
    public static string PathOf(string picture)
    {
        char slash = Path.DirectorySeparatorChar;
        string images = $"{slash}images{slash}";
        int at = picture.LastIndexOf(images, StringComparison.Ordinal);
        string path = at < 0 ? picture : $"{picture[..at]}{slash}labels{slash}{picture[(at + images.Length)..]}";
        return Path.ChangeExtension(path, ".txt");
    }

    /// <summary>Class and box (in fractions) of each line, with its place; malformed lines are noted. A missing file has none.</summary>
    public static IReadOnlyList<(int Class, Box Box, string Place)> Read(string path, int classes, DataProblems problems)
    {
        List<(int Class, Box Box, string Place)> objects = [];
        if (!File.Exists(path))
        {
            return objects;
        }

        int line = 0;
        foreach (string text in File.ReadLines(path))
        {
            line++;
            if (string.IsNullOrWhiteSpace(text))
            {
                continue;
            }

            string place = string.Create(CultureInfo.InvariantCulture, $"{path}:{line}");
            if (Parse(text) is not { } found)
            {
                problems.Add(DataProblemKind.MalformedLabel, $"{place}: '{text.Trim()}'");
            }
            else if (found.Class < 0 || found.Class >= classes || found.Class != Math.Floor(found.Class))
            {
                problems.Add(DataProblemKind.ClassOutOfRange, string.Create(
                    CultureInfo.InvariantCulture, $"{place}: class {found.Class}, known are 0 to {classes - 1}"));
            }
            else
            {
                objects.Add(((int)found.Class, found.Box, place));
            }
        }

        return objects;
    }

    private static (double Class, Box Box)? Parse(string line)
    {
        string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        double[] numbers = new double[words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            if (!double.TryParse(words[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i])
                || !double.IsFinite(numbers[i])
                || (i > 0 && numbers[i] is < -Tolerated or > 1 + Tolerated))
            {
                return null;
            }
        }

        if (numbers.Length == 5)
        {
            return (numbers[0], Box.FromSize(
                numbers[1] - (numbers[3] / 2), numbers[2] - (numbers[4] / 2), numbers[3], numbers[4]));
        }

        // A polygon: class x1 y1 x2 y2 x3 y3 …
        if (numbers.Length < 7 || numbers.Length % 2 == 0)
        {
            return null;
        }

        double[] x = [.. numbers.Skip(1).Where((_, i) => i % 2 == 0)];
        double[] y = [.. numbers.Skip(1).Where((_, i) => i % 2 == 1)];
        return (numbers[0], new Box(x.Min(), y.Min(), x.Max(), y.Max()));
    }
}
