using System.Globalization;
using Graft.Detectors;
using Graft.Torch.Images;

namespace Graft.Imaging;

/// <summary>Draws boxes, labels and text into a picture so that they can be read on any background.</summary>
public sealed class Canvas
{
    private readonly Image _image;

    /// <summary>Draws into a picture, which stays the caller's; sizes follow the picture's unless they are set.</summary>
    public Canvas(Image image)
    {
        _image = image;
        double side = Math.Sqrt((double)image.Width * image.Height);
        TextSize = Math.Clamp(side / 40, 12, 40);
        LineWidth = (int)Math.Clamp(Math.Round(side / 300), 2, 8);
    }

    /// <summary>Height of a line of text in pixels.</summary>
    public double TextSize { get; init; }

    /// <summary>Width of box lines in pixels.</summary>
    public int LineWidth { get; init; }

    /// <summary>Draws boxes with their class names and scores, weakest first.</summary>
    /// <param name="boxes">What to draw, in pixels of the picture.</param>
    /// <param name="names">Class names by label.</param>
    public void Boxes(IEnumerable<DrawnBox> boxes, IReadOnlyList<string> names)
    {
        DrawnBox[] all = [.. boxes];
        foreach (DrawnBox item in all.OrderBy(item => item.Score ?? 1))
        {
            Outline(item.Box, Palette.Of(item.Label));
        }

        // Strongest first: it gets the best place, and all labels lie above all lines.
        LabelPlaces places = new(_image.Width, _image.Height, [.. all.Select(item => item.Box)]);
        foreach (DrawnBox item in all.OrderByDescending(item => item.Score ?? 1))
        {
            string text = PlainText.LabelOf(item.Label, names);
            text = item.Score is double score ? string.Create(CultureInfo.InvariantCulture, $"{text} {score:0.00}") : text;
            Plate(text, item.Box, Palette.Of(item.Label), places);
        }
    }

    /// <summary>Draws the edge of a box in a colour, with a dark line around it.</summary>
    public void Outline(Box box, Ink ink)
    {
        _image.Rectangle(box.X1, box.Y1, box.X2 - 1, box.Y2 - 1, Ink.Black.ToColour(), LineWidth + 2);
        _image.Rectangle(box.X1, box.Y1, box.X2 - 1, box.Y2 - 1, ink.ToColour(), LineWidth);
    }

    /// <summary>Writes a text with its left end and vertical middle at a position.</summary>
    /// <param name="text">What to write; letters beyond ASCII are spelled out or marked.</param>
    /// <param name="x">Left end.</param>
    /// <param name="middle">Middle of the capital letters.</param>
    /// <param name="ink">Its colour.</param>
    /// <param name="size">Line height in pixels; <see cref="TextSize"/> if null.</param>
    /// <param name="bold">Thicker lines.</param>
    public void Text(string text, double x, double middle, Ink ink, double? size = null, bool bold = false)
        => TextStamp.Draw(_image, PlainText.FoldOrMark(text), x, middle, size ?? TextSize, ink, bold);

    /// <summary>Writes a text that reads upwards, starting at a position.</summary>
    /// <param name="text">What to write.</param>
    /// <param name="middle">Middle of the capital letters, across the reading direction.</param>
    /// <param name="bottom">Where the text starts.</param>
    /// <param name="ink">Its colour.</param>
    /// <param name="size">Line height in pixels.</param>
    public void UprightText(string text, double middle, double bottom, Ink ink, double size)
        => TextStamp.DrawUpright(_image, PlainText.FoldOrMark(text), middle, bottom, size, ink);

    /// <summary>The width of a text in pixels.</summary>
    public static double Measure(string text, double size, bool bold = false)
        => TextStamp.Measure(PlainText.FoldOrMark(text), size, bold);

    private void Plate(string text, Box box, Ink ink, LabelPlaces places)
    {
        double padding = Math.Max(3, TextSize * 0.25);
        Box place = places.Take(box, Measure(text, TextSize) + (2 * padding), TextSize + padding);
        _image.Rectangle(place.X1, place.Y1, place.X2 - 1, place.Y2 - 1, ink.ToColour(), -1);
        Text(text, place.X1 + padding, (place.Y1 + place.Y2) / 2, ink.Contrast);
    }
}
