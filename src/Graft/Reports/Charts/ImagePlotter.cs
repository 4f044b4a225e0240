using Graft.Imaging;
using Graft.Torch.Images;

namespace Graft.Reports.Charts;

/// <summary>Draws charts into a part of a picture, dark on white.</summary>
internal sealed class ImagePlotter(Image image, double left, double top) : IPlotter
{
    private readonly Canvas _canvas = new(image);

    public static Ink InkOf(ChartInk ink) => ink switch
    {
        ChartInk.Text => new Ink(28, 32, 38),
        ChartInk.QuietText => new Ink(92, 100, 110),
        ChartInk.Axis => new Ink(140, 148, 158),
        ChartInk.Grid => new Ink(228, 231, 235),
        _ => Ink.White,
    };

    public void Line(double x1, double y1, double x2, double y2, ChartInk ink)
        => image.Line(left + x1, top + y1, left + x2, top + y2, InkOf(ink).ToColour());

    public void Path(IReadOnlyList<(double X, double Y)> points, Ink ink, int width, bool dashed, bool faint)
    {
        Ink shown = faint ? ink.Mix(Ink.White, 0.55) : ink;
        if (dashed)
        {
            Dashes(points, shown, width);
            return;
        }

        double[] flat = new double[points.Count * 2];
        for (int i = 0; i < points.Count; i++)
        {
            (flat[2 * i], flat[(2 * i) + 1]) = (left + points[i].X, top + points[i].Y);
        }

        image.Polyline(flat, shown.ToColour(), width);
    }

    public void Dot(double x, double y, double radius, Ink ink) => image.Circle(left + x, top + y, radius, ink.ToColour(), -1);

    public void Ring(double x, double y, double radius, ChartInk ink) => image.Circle(left + x, top + y, radius, InkOf(ink).ToColour(), 2);

    public void Fill(double x, double y, double width, double height, Ink ink)
    {
        if (width > 0 && height > 0)
        {
            image.Rectangle(left + x, top + y, left + x + width - 1, top + y + height - 1, ink.ToColour(), -1);
        }
    }

    public void Fill(double x, double y, double width, double height, ChartInk ink) => Fill(x, y, width, height, InkOf(ink));

    public void Text(string text, double x, double middle, double size, ChartInk ink, TextAnchor anchor, bool bold)
    {
        double shift = anchor switch { TextAnchor.Start => 0, TextAnchor.Middle => 0.5, _ => 1 };
        double start = shift == 0 ? x : x - (shift * Measure(text, size, bold));
        _canvas.Text(text, left + start, top + middle, InkOf(ink), size, bold);
    }

    public double Measure(string text, double size, bool bold) => Canvas.Measure(text, size, bold);

    private void Dashes(IReadOnlyList<(double X, double Y)> points, Ink ink, int width)
    {
        const double Dash = 7;
        const double Period = 12;
        double travelled = 0;
        for (int i = 1; i < points.Count; i++)
        {
            (double x, double y) = points[i - 1];
            double dx = points[i].X - x;
            double dy = points[i].Y - y;
            double length = Math.Sqrt((dx * dx) + (dy * dy));
            double at = 0;
            while (at < length)
            {
                double phase = (travelled + at) % Period;
                double end = Math.Min(length, at + (phase < Dash ? Dash : Period) - phase);
                if (phase < Dash)
                {
                    image.Line(
                        left + x + (dx * at / length), top + y + (dy * at / length),
                        left + x + (dx * end / length), top + y + (dy * end / length), ink.ToColour(), width);
                }

                at = Math.Max(end, at + 0.01);
            }

            travelled += length;
        }
    }
}
