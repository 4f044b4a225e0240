namespace Graft.Synthetic;

/// <summary>A chip with two metal terminals; without it the bare gold pads show.</summary>
internal sealed class ChipPart : Part
{
    private const double Aspect = 1.5;
    private static readonly Rgb Body = new(0.10, 0.10, 0.11);
    private static readonly Rgb Terminal = new(0.78, 0.78, 0.76);
    private static readonly Rgb Pad = new(0.80, 0.72, 0.45);

    public override void Mount(Surface surface, double x, double y, double radius, Light light)
        => surface.Repaint(Region.Around(x, y, (radius * Aspect) + 5), (px, py, under) =>
        {
            double dx = Math.Abs(px - x);
            double dy = Math.Abs(py - y);
            Rgb pixel = under.Under(Body, Smooth.Inside(radius * 0.75, 0.7, Math.Max(dx / Aspect, dy)));
            double end = radius * 0.75 * Aspect;
            return dx < end + 3 && dx > end - 2 && dy < radius * 0.7 ? pixel.Under(Terminal, 0.9) : pixel;
        });

    public override Draft LeaveSeat(Surface surface, double x, double y, double radius)
        => Draft.Paint(surface, Region.Around(x, y, (radius * Aspect) + 3), EmptyTone, SeatShape, (px, py, under) =>
        {
            double dx = Math.Abs(px - x);
            double dy = Math.Abs(py - y);
            bool onPad = Math.Abs(dx - radius) < radius * 0.28 && dy < radius * 0.62;
            return new Touch(onPad ? under.Under(Pad, 0.9) : under, Math.Max(dx / Aspect, dy) < radius * 0.9 ? 1 : 0);
        });
}
