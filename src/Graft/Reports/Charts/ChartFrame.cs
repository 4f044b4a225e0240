extern alias ScottPlotLibrary;

using Graft.Drawing;
using ScottPlotLibrary::ScottPlot;
using SkiaSharp;

namespace Graft.Reports.Charts;

/// <summary>Parts that all charts share: text sizes, the empty plot with its axes, titles.</summary>
internal static class ChartFrame
{
    public const double TitleSize = 17;
    public const double TextSize = 13;
    public const double Left = 12;
    public const double TitleMiddle = 20;

    /// <summary>A plot without texts, frame or background; texts around the data are drawn separately, with a font for every
    /// script.</summary>
    public static Plot Plot()
    {
        Plot plot = new();
        plot.FigureBackground.Color = Colors.Transparent;
        plot.DataBackground.Color = Colors.Transparent;
        plot.RenderManager.ClearCanvasBeforeEachRender = false;
        plot.HideLegend();
        plot.Axes.Title.IsVisible = false;
        foreach (IAxis axis in plot.Axes.GetAxes())
        {
            axis.MajorTickStyle.Color = Of(ChartInk.Axis);
            axis.MinorTickStyle.Length = 0;
            axis.FrameLineStyle.Color = Of(ChartInk.Axis);
            axis.TickLabelStyle.IsVisible = false;
        }

        plot.Axes.Top.FrameLineStyle.Width = 0;
        plot.Axes.Right.FrameLineStyle.Width = 0;
        plot.Axes.Left.FrameLineStyle.Width = 0;
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Grid.MajorLineColor = Of(ChartInk.Grid);
        return plot;
    }

    public static void Title(ChartCanvas canvas, string title, double width)
        => canvas.Text(TextPainter.Fit(title, TitleSize, width - (2 * Left)), Left, TitleMiddle, TitleSize, ChartInk.Text, bold: true);

    public static Color Of(Ink ink) => new(ink.Red, ink.Green, ink.Blue);

    /// <summary>Draws a plot with fixed padding around the data.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="plot">The plot.</param>
    /// <param name="size">Size of the whole chart.</param>
    /// <param name="room">The padding.</param>
    /// <returns>Where the data is.</returns>
    public static PixelRect Render(ChartCanvas canvas, Plot plot, PixelSize size, PixelPadding room)
    {
        plot.Layout.Fixed(room);

        // The first rendering of a plot draws everything twice, which doubles an SVG and darkens what is translucent.
        using (SKNoDrawCanvas nothing = new((int)size.Width, (int)size.Height))
        {
            plot.Render(nothing, new PixelRect(size));
        }

        plot.Render(canvas.Shapes, new PixelRect(size));
        return plot.LastRender.DataRect;
    }
}
