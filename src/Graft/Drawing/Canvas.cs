using System.Globalization;
using Graft.Detectors;
using Graft.Torch.Images;
using SkiaSharp;

namespace Graft.Drawing;

/// <summary>Draws boxes, labels and text into an image so that they can be read on any background.</summary>
public sealed class Canvas
{
    // Below this size, letters are not legible.
    private const double SmallestText = 9;
    private const double SmallestShare = 0.7;
    private readonly Image _image;

    /// <summary>Draws into an image, which the caller owns; line width and text size follow the image size unless they are set.</summary>
    public Canvas(Image image)
    {
        _image = image;
        double side = Math.Sqrt((double)image.Width * image.Height);
        TextSize = Math.Clamp(side / 40, 12, 80);
        LineWidth = (int)Math.Clamp(Math.Round(side / 300), 2, 8);
    }

    /// <summary>Height of a line of text in pixels.</summary>
    public double TextSize { get; init; }

    /// <summary>Width of box lines in pixels.</summary>
    public int LineWidth { get; init; }

    /// <summary>Draws boxes with their class names and scores, weakest first.</summary>
    /// <param name="boxes">What to draw, in pixels of the image.</param>
    /// <param name="names">Class names by label.</param>
    public void Boxes(IEnumerable<DrawnBox> boxes, IReadOnlyList<string> names)
    {
        DrawnBox[] all = [.. boxes];
        foreach (DrawnBox item in all.OrderBy(item => item.Score ?? 1))
        {
            Outline(item.Box, Palette.Of(item.Label));
        }

        // The highest score first, which takes the best place; all labels are drawn over all lines.
        LabelPlaces places = new(_image.Width, _image.Height, [.. all.Select(item => item.Box)]);
        foreach (DrawnBox item in all.OrderByDescending(item => item.Score ?? 1))
        {
            string score = item.Score is double value ? string.Create(CultureInfo.InvariantCulture, $" {value:0.00}") : string.Empty;
            Plate(LabelOf(item.Label, names), score, item.Box, Palette.Of(item.Label), places);
        }
    }

    /// <summary>Draws the edge of a box in a colour, with a dark line around it.</summary>
    public void Outline(Box box, Ink ink)
    {
        _image.Rectangle(box.X1, box.Y1, box.X2 - 1, box.Y2 - 1, Ink.Black.ToColour(), LineWidth + 2);
        _image.Rectangle(box.X1, box.Y1, box.X2 - 1, box.Y2 - 1, ink.ToColour(), LineWidth);
    }

    /// <summary>Writes a text with its left end and vertical middle at a position.</summary>
    /// <param name="text">What to write, in any script that a font of this machine has; see <see cref="Fonts"/>.</param>
    /// <param name="x">Left end.</param>
    /// <param name="middle">Middle of the capital letters.</param>
    /// <param name="ink">Its colour.</param>
    /// <param name="size">Line height in pixels; <see cref="TextSize"/> if null.</param>
    /// <param name="bold">Thicker lines.</param>
    public void Text(string text, double x, double middle, Ink ink, double? size = null, bool bold = false)
    {
        double height = size ?? TextSize;
        SKRectI region = Region(x - height, middle - height, x + Measure(text, height, bold) + height, middle + height);
        Surface.Blend(_image, region, ink, canvas => TextPainter.Draw(canvas, text, x, middle, height, SKColors.White, bold));
    }

    /// <summary>Writes a text that reads upwards, starting at a position.</summary>
    /// <param name="text">What to write.</param>
    /// <param name="middle">Middle of the capital letters, across the reading direction.</param>
    /// <param name="bottom">Where the text starts.</param>
    /// <param name="ink">Its colour.</param>
    /// <param name="size">Line height in pixels.</param>
    public void UprightText(string text, double middle, double bottom, Ink ink, double size)
    {
        SKRectI region = Region(middle - size, bottom - Measure(text, size) - size, middle + size, bottom + size);
        Surface.Blend(_image, region, ink, canvas =>
        {
            canvas.Translate((float)middle, (float)bottom);
            canvas.RotateDegrees(-90);
            TextPainter.Draw(canvas, text, 0, 0, size, SKColors.White);
        });
    }

    /// <summary>The width of a text in pixels.</summary>
    public static double Measure(string text, double size, bool bold = false) => TextPainter.Measure(text, size, bold);

    /// <summary>The label of a box: the class name, or the number of the class where no font has the name's characters.</summary>
    internal static string LabelOf(int label, IReadOnlyList<string> names, FontSet? fonts = null)
        => label >= 0 && label < names.Count && names[label].Trim().Length > 0 && Fonts.CanWrite(names[label], fonts ?? Fonts.System)
            ? names[label]
            : string.Create(CultureInfo.InvariantCulture, $"#{label}");

    private static SKRectI Region(double left, double top, double right, double bottom)
        => SKRectI.Floor(new SKRect((float)left, (float)top, (float)right + 1, (float)bottom + 1));

    /// <summary>Draws a label; one that is wider than the image is shrunk, then its name is truncated.</summary>
    private void Plate(string name, string score, Box box, Ink ink, LabelPlaces places)
    {
        double size = TextSize;
        double padding = Math.Max(3, size * 0.25);
        double room = _image.Width - (2 * padding);
        double wanted = Measure(name + score, size);
        if (wanted > room)
        {
            size = Math.Clamp(size * room / wanted, Math.Min(Math.Max(SmallestText, size * SmallestShare), size), size);
            name = TextPainter.Fit(name, size, room - Measure(score, size));
        }

        string text = name + score;
        Box place = places.Take(box, Measure(text, size) + (2 * padding), size + padding);
        _image.Rectangle(place.X1, place.Y1, place.X2 - 1, place.Y2 - 1, ink.ToColour(), -1);
        Text(text, place.X1 + padding, (place.Y1 + place.Y2) / 2, ink.Contrast, size);
    }
}
