using System.Globalization;

namespace Graft.Data;

/// <summary>Tells key-point label lines from polygons where data.yaml does not say which they are.</summary>
internal static class KeyPointLine
{
    private const int BoxColumns = 5;

    // With fewer long lines a polygon may look so by chance.
    private const int Enough = 3;

    // Exporters round coordinates; a point on the edge of its box may lie this much outside.
    private const double Rounding = 0.005;

    /// <summary>
    /// Whether a long line reads as a box followed by points inside it, of two values each, or of three with a visibility of 0, 1 or 2. A
    /// polygon hardly ever does: its first two points would have to span a box around all others.
    /// </summary>
    public static bool Fits(ReadOnlySpan<double> line) => Fits(line, 2) || Fits(line, 3);

    /// <summary>Refuses a split whose long lines all look like key points.</summary>
    /// <exception cref="GraftException">Of kind Data.</exception>
    public static void Refuse(string source, IEnumerable<YoloLabel> labels)
    {
        YoloLabel[] lines = [.. labels.Where(label => label.IsLong)];
        if (lines.Length >= Enough && lines.All(line => line.LooksLikeKeyPoints))
        {
            throw new GraftException(
                Failure.Data,
                string.Create(CultureInfo.InvariantCulture, $"{source}: {lines.Length} label lines look like boxes with key points (such as {lines[0].Place}), and there is no kpt_shape; read as polygons they would give wrong boxes."),
                "Add kpt_shape: [NUMBER, 2 or 3] to data.yaml; then columns 2 to 5 are read as the box and the points are passed over.");
        }
    }

    private static bool Fits(ReadOnlySpan<double> line, int step)
    {
        if (line.Length < BoxColumns + step || (line.Length - BoxColumns) % step != 0)
        {
            return false;
        }

        (double left, double right) = (line[1] - (line[3] / 2), line[1] + (line[3] / 2));
        (double top, double bottom) = (line[2] - (line[4] / 2), line[2] + (line[4] / 2));
        if (left < -Rounding || top < -Rounding || right > 1 + Rounding || bottom > 1 + Rounding)
        {
            return false;
        }

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
}
