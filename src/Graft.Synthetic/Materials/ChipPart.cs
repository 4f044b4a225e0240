using System.Numerics;

namespace Graft.Synthetic;

/// <summary>A chip with two metal terminals; without it the bare gold pads show.</summary>
internal sealed class ChipPart : Part
{
    private const double Aspect = 1.5;
    private static readonly Vector<double> Metal = new(0.9);
    private static readonly Rgb Body = new(0.10, 0.10, 0.11);
    private static readonly Rgb Terminal = new(0.78, 0.78, 0.76);
    private static readonly Rgb Pad = new(0.80, 0.72, 0.45);

    public override void Mount(Surface surface, double x, double y, double radius, Light light)
        => surface.Repaint(Region.Around(x, y, (radius * Aspect) + 5), (px, py, under) =>
        {
            Vector<double> dx = Vector.Abs(px - new Vector<double>(x));
            Vector<double> dy = Vector.Abs(py - new Vector<double>(y));
            RgbLanes pixel = under.Under(Body, Smooth.Inside(radius * 0.75, 0.7, Vector.Max(dx / Aspect, dy)));
            double end = radius * 0.75 * Aspect;
            Vector<long> onTerminal = Vector.LessThan(dx, new Vector<double>(end + 3))
                & Vector.GreaterThan(dx, new Vector<double>(end - 2))
                & Vector.LessThan(dy, new Vector<double>(radius * 0.7));
            return RgbLanes.Select(onTerminal, pixel.Under(Terminal, Metal), pixel);
        });

    public override Draft LeaveSeat(Surface surface, double x, double y, double radius)
        => Draft.Paint(surface, Region.Around(x, y, (radius * Aspect) + 3), EmptyTone, SeatShape, (px, py, under) =>
        {
            Vector<double> dx = Vector.Abs(px - new Vector<double>(x));
            Vector<double> dy = Vector.Abs(py - new Vector<double>(y));
            Vector<long> onPad = Vector.LessThan(Vector.Abs(dx - new Vector<double>(radius)), new Vector<double>(radius * 0.28))
                & Vector.LessThan(dy, new Vector<double>(radius * 0.62));
            Vector<long> inSeat = Vector.LessThan(Vector.Max(dx / Aspect, dy), new Vector<double>(radius * 0.9));
            return new Touch(RgbLanes.Select(onPad, under.Under(Pad, Metal), under), Smooth.Flag(inSeat));
        });
}
