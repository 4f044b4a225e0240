using System.Numerics;

namespace Graft.Synthetic;

/// <summary>A printed circuit board: covered traces in 45 degree steps, drilled gold pads, print bars.</summary>
internal sealed class CircuitBoard : Material
{
    private const double Relief = 3;
    private const double LightAngle = 0.8;
    private static readonly Rgb Copper = new(0.06, 0.08, 0.03);
    private static readonly Rgb Gold = new(0.80, 0.70, 0.42);
    private static readonly Rgb[] Masks =
        [new(0.05, 0.30, 0.14), new(0.06, 0.20, 0.42), new(0.42, 0.07, 0.08), new(0.08, 0.09, 0.10), new(0.04, 0.36, 0.22)];

    public override string Name => "circuit board";

    public override Part Part { get; } = new ChipPart();

    public override Surface Paint(SplitMix64 random)
    {
        ulong seed = random.Next();
        Rgb mask = random.Pick(Masks);
        Rgb covered = ((mask * 1.35) + Copper).Clamped(0, 1);
        double[] distances = new double[(Surface.Size * Surface.Size) + Row.MostLanes];
        Array.Fill(distances, 99);
        List<(double X, double Y)> pads = LayTraces(random, distances);
        Vector<double> DistanceAt(Vector<double> x, Vector<double> y) => new(distances, ((int)y[0] * Surface.Size) + (int)x[0]);
        Field relief = new(Region.Whole, (x, y) => -Smooth.Clamp(DistanceAt(x, y), -Relief, Relief));
        Light light = Light.From(LightAngle);
        ValueNoise grain = new(seed);
        Surface surface = Surface.Paint((x, y) =>
        {
            RgbLanes bare = mask * (Vector<double>.One + (0.06 * (grain.At(x / 2.2, y / 2.2) - new Vector<double>(0.5))));
            return bare.Under(covered, Smooth.Inside(0, 0.7, DistanceAt(x, y))) * (Vector<double>.One + (0.10 * relief.Shade(x, y, light)));
        });
        DrillPads(random, surface, pads);
        PrintBars(random, surface);
        return surface;
    }

    private static List<(double X, double Y)> LayTraces(SplitMix64 random, double[] distances)
    {
        double pitch = random.Uniform(20, 30);
        int columns = (int)(Surface.Size / pitch);
        List<(double X, double Y)> pads = [];
        for (int trace = random.Integer(9, 15); trace > 0; trace--)
        {
            (double X, double Y) from = (pitch * random.Integer(0, columns), pitch * random.Integer(0, columns));
            double halfWidth = random.Uniform(2.0, 4.2);
            pads.Add(from);
            int direction = random.Integer(0, 7);
            for (int run = random.Integer(2, 5); run > 0; run--)
            {
                double length = pitch * random.Integer(1, 4);
                double angle = direction * Math.PI / 4;
                (double X, double Y) to = (from.X + (length * Math.Cos(angle)), from.Y + (length * Math.Sin(angle)));
                LayRun(distances, from, to, halfWidth);
                from = to;
                direction = (direction + random.Integer(-1, 1) + 8) % 8;
            }

            pads.Add(from);
        }

        return pads;
    }

    private static void LayRun(double[] distances, (double X, double Y) from, (double X, double Y) to, double halfWidth)
    {
        double reach = halfWidth + Relief + 1;
        Region near = Region.Spanning(
            Math.Min(from.X, to.X) - reach, Math.Min(from.Y, to.Y) - reach, Math.Max(from.X, to.X) + reach, Math.Max(from.Y, to.Y) + reach);
        double dx = to.X - from.X;
        double dy = to.Y - from.Y;
        double squared = (dx * dx) + (dy * dy) + 1e-9;
        Vector<double> right = new(near.Right), startX = new(from.X), half = new(halfWidth);
        for (int y = near.Top; y < near.Bottom; y++)
        {
            Vector<double> py = new(y - from.Y);
            for (int left = near.Left; left < near.Right; left += Vector<double>.Count)
            {
                Vector<double> x = Row.From(left), px = x - startX;
                Vector<double> t = Smooth.Clamp(((px * dx) + (py * dy)) / squared, 0, 1);
                Vector<double> distance = Vector.SquareRoot(Smooth.Square(px - (t * dx)) + Smooth.Square(py - (t * dy))) - half;
                int index = (y * Surface.Size) + left;
                Vector<double> nearest = new(distances, index);
                Vector.ConditionalSelect(Vector.LessThan(x, right), Vector.Min(nearest, distance), nearest).CopyTo(distances, index);
            }
        }
    }

    private static void DrillPads(SplitMix64 random, Surface surface, List<(double X, double Y)> pads)
    {
        foreach ((double centreX, double centreY) in pads)
        {
            double radius = random.Uniform(5.5, 8.0);
            surface.Repaint(Region.Around(centreX, centreY, radius + 2), (x, y, under) =>
            {
                Vector<double> dy = y - new Vector<double>(centreY);
                Vector<double> distance = Vector.SquareRoot(Smooth.Square(x - new Vector<double>(centreX)) + Smooth.Square(dy));
                RgbLanes ring = Gold * (Vector<double>.One + (0.10 * dy / radius));
                RgbLanes plated = under.Under(ring, Smooth.Inside(radius, 0.7, distance));
                return plated.Under(Rgb.Grey(0.05), Smooth.Inside(radius * 0.42, 0.6, distance));
            });
        }
    }

    private static void PrintBars(SplitMix64 random, Surface surface)
    {
        for (int bar = random.Integer(0, 3); bar > 0; bar--)
        {
            double left = random.Uniform(10, 280);
            double middle = random.Uniform(10, 300);
            double half = random.Uniform(14, 50) / 2;
            surface.Repaint(Region.Spanning(left - 3, middle - 4, left + (2 * half) + 3, middle + 4), (x, y, under) =>
            {
                Vector<double> aside = Vector.Abs(x - new Vector<double>(left) - new Vector<double>(half)) - new Vector<double>(half);
                Vector<double> outside = Vector.Max(aside, Vector.Abs(y - new Vector<double>(middle)) - new Vector<double>(1.2));
                return under.Under(Rgb.Grey(0.85), Smooth.Rest(Smooth.Step(0, 1, outside)));
            });
        }
    }
}
