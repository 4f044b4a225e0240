namespace Graft.Synthetic;

/// <summary>A domed disc with a highlight and a soft shadow: rivet, button, dowel, dot or stud.</summary>
internal sealed class RoundPart(Rgb colour, double seatLightness) : Part
{
    private static readonly Rgb Bore = new(0.06, 0.06, 0.06);
    private static readonly Rgb ThreadHole = new(0.15, 0.14, 0.13);

    /// <summary>How strongly the dome is shaded; a flush dowel hardly is.</summary>
    public double Doming { get; init; } = 1;

    /// <summary>Whether the empty seat shows a dark bore.</summary>
    public bool HasBore { get; init; }

    /// <summary>Whether four thread holes show, as on a button.</summary>
    public bool HasThreadHoles { get; init; }

    public override void Mount(Surface surface, double x, double y, double radius, Light light)
        => surface.Repaint(Region.Around(x, y, radius + 7), (px, py, under) =>
        {
            double dx = px - x;
            double dy = py - y;
            double cover = Smooth.Inside(radius, 0.7, Math.Sqrt((dx * dx) + (dy * dy)));
            Rgb pixel = under.Under(colour, cover) * (1 - (cover * 0.45 * Doming * light.Along(dx, dy) / radius));
            double offset = radius * 0.35;
            double toHighlight = Smooth.Square(dx + (offset * light.Cosine)) + Smooth.Square(dy + (offset * light.Sine));
            pixel += cover * 0.35 * Math.Exp(-toHighlight / Smooth.Square(radius * 0.28));
            if (HasThreadHoles)
            {
                double toHole = Math.Sqrt(Smooth.Square(Math.Abs(dx) - (0.28 * radius)) + Smooth.Square(Math.Abs(dy) - (0.28 * radius)));
                pixel = pixel.Under(ThreadHole, 1 - Smooth.Step(radius * 0.10, radius * 0.17, toHole));
            }

            double shifted = Math.Sqrt(Smooth.Square(dx - (2 * light.Cosine)) + Smooth.Square(dy - (2 * light.Sine)));
            return pixel * (1 - (0.35 * (1 - Smooth.Step(radius, radius + 3, shifted)) * (1 - cover)));
        });

    public override Draft LeaveSeat(Surface surface, double x, double y, double radius)
        => Draft.Paint(surface, Region.Around(x, y, radius + 7), EmptyTone, SeatShape, (px, py, under) =>
        {
            double distance = Math.Sqrt(Smooth.Square(px - x) + Smooth.Square(py - y));
            Rgb pixel = under * (1 - (Smooth.Inside(radius, 0.7, distance) * (1 - seatLightness)));
            pixel *= 1 - (0.40 * Smooth.Bell((distance - radius) / 1.3));
            if (HasBore)
            {
                pixel = pixel.Under(Bore, 0.85 * (1 - Smooth.Step(radius * 0.16, radius * 0.26, distance)));
            }

            return new Touch(pixel, distance < radius + 1.5 ? 1 : 0);
        });
}
