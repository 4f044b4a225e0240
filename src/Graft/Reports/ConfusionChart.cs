using System.Globalization;
using Graft.Drawing;
using Graft.Evaluation;
using Graft.Reports.Charts;
using Graft.Torch.Images;

namespace Graft.Reports;

/// <summary>Draws a confusion matrix: the darker a cell, the larger its share of the annotated class.</summary>
public static class ConfusionChart
{
    private const double TitleSize = 18;
    private const double TextSize = 14;
    private const int Gap = 14;
    private static readonly Ink Empty = new(244, 246, 249);
    private static readonly Ink Known = new(18, 74, 150);
    private static readonly Ink Alarm = new(120, 126, 134);

    /// <summary>Draws the matrix.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="shares">Shares of each annotated class instead of counts.</param>
    public static Image Draw(ConfusionMatrix matrix, bool shares = false)
    {
        string[] names = [.. matrix.Names];
        int size = names.Length + 1;
        int cell = Math.Clamp(640 / size, 18, 74);
        int label = (int)Math.Ceiling(names.Append("background").Max(name => Canvas.Measure(name, TextSize))) + (2 * Gap);
        int left = label + Gap;
        int top = 74;
        string title = shares ? "Confusion matrix, shares of the annotated class" : "Confusion matrix";
        int width = Math.Max(left + (size * cell), Gap + (int)Canvas.Measure(title, TitleSize, bold: true)) + (2 * Gap);
        Image image = new(width, top + (size * cell) + label + Gap, Ink.White.ToColour());
        Canvas canvas = new(image);
        Ink text = ChartInk.Text;
        Ink quiet = ChartInk.QuietText;
        canvas.Text(title, Gap, 24, text, TitleSize, bold: true);
        canvas.Text("rows: detected, columns: annotated", Gap, 50, quiet, TextSize);
        for (int i = 0; i < size; i++)
        {
            string row = i < names.Length ? names[i] : "missed";
            string column = i < names.Length ? names[i] : "background";
            double middle = (i + 0.5) * cell;
            canvas.Text(row, left - 8 - Canvas.Measure(row, TextSize), top + middle, text, TextSize);
            double bottom = top + (size * cell) + 12 + Canvas.Measure(column, TextSize);
            canvas.UprightText(column, left + middle, bottom, text, TextSize);
            for (int j = 0; j < size; j++)
            {
                Ink ink = j == names.Length ? Alarm : Known;
                Ink ground = Empty.Mix(ink, Math.Sqrt(matrix.Share(i, j)));
                DrawCell(image, canvas, new Cell(left + (j * cell), top + (i * cell), cell), ground, Value(matrix, i, j, shares));
            }
        }

        return image;
    }

    private static string Value(ConfusionMatrix matrix, int row, int column, bool shares) => matrix.Counts[row][column] == 0
        ? string.Empty
        : shares
            ? matrix.Share(row, column).ToString("0.00", CultureInfo.InvariantCulture)
            : matrix.Counts[row][column].ToString(CultureInfo.InvariantCulture);

    private static void DrawCell(Image image, Canvas canvas, Cell cell, Ink ground, string value)
    {
        image.Rectangle(cell.X, cell.Y, cell.X + cell.Side - 2, cell.Y + cell.Side - 2, ground.ToColour(), -1);
        double size = Math.Min(TextSize, cell.Side * 0.45);
        double width = Canvas.Measure(value, size);
        if (value.Length > 0 && width < cell.Side - 2)
        {
            canvas.Text(value, cell.X + ((cell.Side - 1 - width) / 2), cell.Y + ((cell.Side - 1) / 2.0), ground.Contrast, size);
        }
    }

    private readonly record struct Cell(int X, int Y, int Side);
}
