using Graft.Drawing;
using Graft.Torch.Images;

namespace Graft.Reports;

/// <summary>A contact sheet: images with boxes in a grid, on a dark background.</summary>
public static class ContactSheet
{
    private const int DefaultSide = 384;
    private const int Gap = 6;
    private const int TitleHeight = 22;
    private const double TitleSize = 15;
    private static readonly Ink Ground = new(24, 26, 30);
    private static readonly Ink TitleInk = new(225, 228, 232);
    private static readonly Ink QuietInk = new(150, 156, 165);

    /// <summary>Draws tiles row by row.</summary>
    /// <param name="tiles">What to show.</param>
    /// <param name="names">Class names by label.</param>
    /// <param name="columns">Images per row; 0: about as many as rows.</param>
    /// <param name="side">Side of a tile in pixels; images keep their aspect ratio.</param>
    public static Image Draw(IReadOnlyList<SheetTile> tiles, IReadOnlyList<string> names, int columns = 0, int side = DefaultSide)
    {
        columns = columns > 0 ? columns : Math.Max(1, (int)Math.Ceiling(Math.Sqrt(tiles.Count)));
        Grid grid = new(tiles.Count, columns, side + Gap, side + TitleHeight + Gap);
        Image sheet = grid.NewSheet();
        Canvas canvas = new(sheet);
        for (int i = 0; i < tiles.Count; i++)
        {
            (int x, int y) = grid.PlaceOf(i);
            canvas.Text(TextPainter.Fit(tiles[i].Title, TitleSize, side, keepEnd: true), x + 2, y + (TitleHeight / 2), TitleInk, TitleSize);
            Place(sheet, tiles[i].Image, tiles[i].Boxes, names, x, y + TitleHeight, side);
        }

        return sheet;
    }

    /// <summary>Draws ground truth and detections side by side, one pair after the other.</summary>
    /// <param name="pairs">What to show.</param>
    /// <param name="names">Class names by label.</param>
    public static Image DrawPairs(IReadOnlyList<ImagePair> pairs, IReadOnlyList<string> names)
    {
        const int side = DefaultSide;
        Grid grid = new(pairs.Count, pairs.Count > 3 ? 2 : 1, (2 * side) + (4 * Gap), side + TitleHeight + (2 * Gap));
        Image sheet = grid.NewSheet();
        Canvas canvas = new(sheet);
        for (int i = 0; i < pairs.Count; i++)
        {
            ImagePair pair = pairs[i];
            (int left, int y) = grid.PlaceOf(i);
            int right = left + side + 2;
            string annotations = $"annotations ({pair.Truth.Count})";
            double end = left + side - Canvas.Measure(annotations, TitleSize) - 10;
            canvas.Text(TextPainter.Fit(pair.Title, TitleSize, end - left - 12, keepEnd: true), left + 2, y + (TitleHeight / 2), TitleInk, TitleSize);
            canvas.Text(annotations, end, y + (TitleHeight / 2), QuietInk, TitleSize);
            canvas.Text($"detections ({pair.Found.Count})", right + 2, y + (TitleHeight / 2), QuietInk, TitleSize);
            Place(sheet, pair.Image, pair.Truth, names, left, y + TitleHeight, side);
            Place(sheet, pair.Image, pair.Found, names, right, y + TitleHeight, side);
        }

        return sheet;
    }

    private static void Place(
        Image sheet, Image image, IReadOnlyList<DrawnBox> boxes, IReadOnlyList<string> names, int x, int y, int side)
    {
        double scale = (double)side / Math.Max(image.Width, image.Height);
        int width = Math.Max(1, (int)Math.Round(image.Width * scale));
        int height = Math.Max(1, (int)Math.Round(image.Height * scale));
        using Image colours = image.Channels == 1 ? image.FromGrey() : image.Copy();
        using Image tile = colours.Resize(width, height, scale < 1 ? Interpolation.Area : Interpolation.Linear);
        new Canvas(tile).Boxes(boxes.Select(item => item with { Box = item.Box.Map(scale, scale) }), names);
        sheet.Paste(tile, x + ((side - width) / 2), y + ((side - height) / 2));
    }

    /// <summary>Places of items row by row, with a gap around all of them.</summary>
    private readonly record struct Grid(int Count, int Columns, int StepX, int StepY)
    {
        public Image NewSheet()
        {
            int rows = Math.Max(1, (Count + Columns - 1) / Columns);
            return new Image((Columns * StepX) + Gap, (rows * StepY) + Gap, Ground.ToColour());
        }

        public (int X, int Y) PlaceOf(int index) => (Gap + (index % Columns * StepX), Gap + (index / Columns * StepY));
    }
}
