using System.Globalization;
using Graft.Evaluation;
using Graft.Imaging;
using Graft.Reports.Charts;
using Graft.Torch.Images;

namespace Graft.Reports;

/// <summary>A confusion matrix as a picture: the darker a cell, the larger its share of the true class.</summary>
public static class ConfusionPicture
{
    private const double TitleSize = 18;
    private const double TextSize = 14;
    private const int Gap = 14;

    /// <summary>Draws the matrix.</summary>
    /// <param name="matrix">What to draw.</param>
    /// <param name="shares">Shares of each true class instead of counts.</param>
    public static Image Draw(ConfusionMatrix matrix, bool shares = false)
    {
        string[] names = [.. matrix.Names];
        int size = names.Length + 1;
        int cell = Math.Clamp(640 / size, 18, 74);
        int label = (int)Math.Ceiling(names.Append("background").Max(name => Canvas.Measure(name, TextSize))) + (2 * Gap);
        int left = label + Gap;
        int top = 74;
        Image image = new(left + (size * cell) + (2 * Gap), top + (size * cell) + label + 34, Ink.White.ToColour());
        Canvas canvas = new(image);
        Ink text = ImagePlotter.InkOf(ChartInk.Text);
        Ink quiet = ImagePlotter.InkOf(ChartInk.QuietText);
        canvas.Text(shares ? "Confusion matrix, shares of the true class" : "Confusion matrix", Gap, 24, text, TitleSize, bold: true);
        canvas.Text("rows: found, columns: true", Gap, 50, quiet, TextSize);
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
                DrawCell(image, canvas, new Cell(left + (j * cell), top + (i * cell), cell), matrix.Share(i, j), Value(matrix, i, j, shares));
            }
        }

        return image;
    }

    private static string Value(ConfusionMatrix matrix, int row, int column, bool shares) => matrix.Counts[row][column] == 0
        ? string.Empty
        : shares
            ? matrix.Share(row, column).ToString("0.00", CultureInfo.InvariantCulture)
            : matrix.Counts[row][column].ToString(CultureInfo.InvariantCulture);

    private static void DrawCell(Image image, Canvas canvas, Cell cell, double share, string value)
    {
        Ink ground = new Ink(244, 246, 249).Mix(new Ink(18, 74, 150), Math.Sqrt(share));
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
