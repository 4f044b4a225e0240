using Graft.Imaging;
using Graft.Reports.Charts;

namespace Graft.Tests.Reports;

/// <summary>Remembers what a chart draws.</summary>
internal sealed class RecordingPlotter : IPlotter
{
    public List<(string Text, double Left, double Middle, double Width)> Texts { get; } = [];

    public List<IReadOnlyList<(double X, double Y)>> Paths { get; } = [];

    public List<(double X, double Y)> Dots { get; } = [];

    public void Line(double x1, double y1, double x2, double y2, ChartInk ink)
    {
    }

    public void Path(IReadOnlyList<(double X, double Y)> points, Ink ink, int width, bool dashed, bool faint) => Paths.Add([.. points]);

    public void Dot(double x, double y, double radius, Ink ink) => Dots.Add((x, y));

    public void Ring(double x, double y, double radius, ChartInk ink)
    {
    }

    public void Fill(double x, double y, double width, double height, Ink ink)
    {
    }

    public void Fill(double x, double y, double width, double height, ChartInk ink)
    {
    }

    public void Text(string text, double x, double middle, double size, ChartInk ink, TextAnchor anchor, bool bold)
    {
        double width = Measure(text, size, bold);
        double shift = anchor switch { TextAnchor.Start => 0, TextAnchor.Middle => 0.5, _ => 1 };
        Texts.Add((text, x - (shift * width), middle, width));
    }

    public double Measure(string text, double size, bool bold) => text.Length * size * 0.55;
}
