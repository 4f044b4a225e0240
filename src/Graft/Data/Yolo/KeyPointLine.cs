using System.Globalization;

namespace Graft.Data;

/// <summary>Distinguishes key-point label lines from polygons where data.yaml does not tell.</summary>
internal static class KeyPointLine
{
    private const int BoxColumns = 5;

    // Fewer polygons may look like this by chance.
    private const int Enough = 3;

    // Exporters round coordinates; a point on the edge of its box may lie this much outside.
    private const double Rounding = 0.005;

    /// <summary>
    /// Whether a long line reads as a box followed by points inside it, of two values each, or of three with a visibility of 0, 1 or 2. A
    /// polygon hardly ever does: its first two points would have to span a box around all others.
    /// </summary>
    public static bool Fits(ReadOnlySpan<double> line) => Fits(line, 2) || Fits(line, 3);

    /// <summary>
    /// Whether a line of seven values reads as a box inside the image and two values, one of them a whole number, as trackers write it (a score
    /// and a track). A triangle has its last corner on an edge of the image then.
    /// </summary>
    public static bool IsTrack(ReadOnlySpan<double> line)
        => line.Length == BoxColumns + 2 && (line[BoxColumns] is 0 or 1 || line[BoxColumns + 1] is 0 or 1) && line[3] > 0 && line[4] > 0 && IsInside(line);

    /// <summary>Refuses a split whose long lines all look like key points, or like boxes with a score and the number of a track.</summary>
    /// <exception cref="GraftException">Of kind Data.</exception>
    public static void Refuse(string source, IEnumerable<YoloLabel> labels)
    {
        YoloLabel[] lines = [.. labels.Where(label => label.IsLong)];
        if (lines.Length >= Enough && lines.All(line => line.LooksLikeTrack))
        {
            throw new GraftException(
                Failure.Data,
                string.Create(CultureInfo.InvariantCulture, $"{source}: {lines.Length} label lines look like boxes with two more values, such as a score and the number of a track ({lines[0].Place}); read as polygons they would give wrong boxes."),
                "Keep the first five values of each line: class cx cy w h.");
        }

        if (lines.Length >= Enough && lines.All(line => line.LooksLikeKeyPoints))
        {
            throw new GraftException(
                Failure.Data,
                string.Create(CultureInfo.InvariantCulture, $"{source}: {lines.Length} label lines look like boxes with key points (such as {lines[0].Place}), and there is no kpt_shape; read as polygons they would give wrong boxes."),
                "Add kpt_shape: [NUMBER, 2 or 3] to data.yaml; then columns 2 to 5 are read as the box and the points are skipped.");
        }
    }

    private static bool Fits(ReadOnlySpan<double> line, int step)
    {
        if (line.Length < BoxColumns + step || (line.Length - BoxColumns) % step != 0)
        {
            return false;
        }

        if (!IsInside(line))
        {
            return false;
        }

        (double left, double right) = (line[1] - (line[3] / 2), line[1] + (line[3] / 2));
        (double top, double bottom) = (line[2] - (line[4] / 2), line[2] + (line[4] / 2));

        for (int at = BoxColumns; at < line.Length; at += step)
        {
            bool hidden = line[at] == 0 && line[at + 1] == 0;
            bool inside = line[at] >= left - Rounding && line[at] <= right + Rounding
                && line[at + 1] >= top - Rounding && line[at + 1] <= bottom + Rounding;
            if ((!hidden && !inside) || (step == 3 && line[at + 2] is not (0 or 1 or 2)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsInside(ReadOnlySpan<double> line)
        => line[1] - (line[3] / 2) >= -Rounding && line[2] - (line[4] / 2) >= -Rounding
            && line[1] + (line[3] / 2) <= 1 + Rounding && line[2] + (line[4] / 2) <= 1 + Rounding;
}
