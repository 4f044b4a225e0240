using System.Numerics;

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
            Vector<double> dx = px - new Vector<double>(x);
            Vector<double> dy = py - new Vector<double>(y);
            Vector<double> cover = Smooth.Inside(radius, 0.7, Vector.SquareRoot((dx * dx) + (dy * dy)));
            RgbLanes pixel = under.Under(colour, cover) * Smooth.Rest(cover * 0.45 * Doming * light.Along(dx, dy) / radius);
            double offset = radius * 0.35;
            Vector<double> toHighlight = Smooth.Square(dx + new Vector<double>(offset * light.Cosine))
                + Smooth.Square(dy + new Vector<double>(offset * light.Sine));
            pixel += cover * 0.35 * Smooth.Exp(-toHighlight / Smooth.Square(radius * 0.28));
            if (HasThreadHoles)
            {
                Vector<double> middle = new(0.28 * radius);
                Vector<double> toHole = Vector.SquareRoot(Smooth.Square(Vector.Abs(dx) - middle) + Smooth.Square(Vector.Abs(dy) - middle));
                pixel = pixel.Under(ThreadHole, Smooth.Rest(Smooth.Step(radius * 0.10, radius * 0.17, toHole)));
            }

            Vector<double> shifted = Vector.SquareRoot(
                Smooth.Square(dx - new Vector<double>(2 * light.Cosine)) + Smooth.Square(dy - new Vector<double>(2 * light.Sine)));
            return pixel * Smooth.Rest(0.35 * Smooth.Rest(Smooth.Step(radius, radius + 3, shifted)) * Smooth.Rest(cover));
        });

    public override Draft LeaveSeat(Surface surface, double x, double y, double radius)
        => Draft.Paint(surface, Region.Around(x, y, radius + 7), EmptyTone, SeatShape, (px, py, under) =>
        {
            Vector<double> distance = Vector.SquareRoot(Smooth.Square(px - new Vector<double>(x)) + Smooth.Square(py - new Vector<double>(y)));
            RgbLanes pixel = under * Smooth.Rest(Smooth.Inside(radius, 0.7, distance) * (1 - seatLightness));
            pixel *= Smooth.Rest(0.40 * Smooth.Bell((distance - new Vector<double>(radius)) / 1.3));
            if (HasBore)
            {
                pixel = pixel.Under(Bore, 0.85 * Smooth.Rest(Smooth.Step(radius * 0.16, radius * 0.26, distance)));
            }

            return new Touch(pixel, Smooth.Flag(Vector.LessThan(distance, new Vector<double>(radius + 1.5))));
        });
}
