using System.Numerics;

namespace Graft.Synthetic;

/// <summary>Positions of pixels relative to a line: distance, arc length of the nearest point, and the signed side.</summary>
internal readonly record struct StrokePoints(Vector<double> Distance, Vector<double> Arc, Vector<double> Side)
{
    /// <summary>Whether any of the pixels is near the line.</summary>
    public bool AreNear => Vector.LessThanAny(Distance, new Vector<double>(Stroke.Far));
}

/// <summary>A polyline; pixels further than a margin from it count as infinitely far.</summary>
internal sealed class Stroke
{
    /// <summary>The distance of pixels that are not near; every profile of a line is exactly 0 there.</summary>
    public const double Far = 1e9;

    private const double Margin = 14;
    private static readonly StrokePoints Away = new(new Vector<double>(Far), Vector<double>.Zero, Vector<double>.Zero);
    private readonly int _stride;
    private readonly double[] _distances;
    private readonly double[] _arcs;
    private readonly double[] _sides;

    public Stroke(IReadOnlyList<(double X, double Y)> path)
    {
        Region = Region.Spanning(
            path.Min(p => p.X) - Margin, path.Min(p => p.Y) - Margin, path.Max(p => p.X) + Margin, path.Max(p => p.Y) + Margin);

        // Each row has room on both sides, so that pixels beyond can be asked for.
        _stride = Region.Width + (2 * Row.MostLanes);
        int length = _stride * Region.Height;
        (_distances, _arcs, _sides) = (GC.AllocateUninitializedArray<double>(length), new double[length], new double[length]);
        Array.Fill(_distances, Far);
        double arc = 0;
        for (int i = 1; i < path.Count; i++)
        {
            arc += Add(path[i - 1], path[i], arc);
        }
    }

    /// <summary>All pixels near the line.</summary>
    public Region Region { get; }

    /// <summary>Positions of pixels relative to the line.</summary>
    public StrokePoints At(Vector<double> x, Vector<double> y)
    {
        int column = (int)x[0] - Region.Left;
        int row = (int)y[0] - Region.Top;
        if (row < 0 || row >= Region.Height || column <= -Row.MostLanes || column >= Region.Width)
        {
            return Away;
        }

        int index = (row * _stride) + Row.MostLanes + column;
        return new StrokePoints(new(_distances, index), new(_arcs, index), new(_sides, index));
    }

    /// <summary>A quadratic curve from start to end, pulled towards the bend.</summary>
    public static Stroke Curve((double X, double Y) start, (double X, double Y) bend, (double X, double Y) end)
    {
        const int Pieces = 27;
        (double X, double Y)[] path = new (double X, double Y)[Pieces + 1];
        for (int i = 0; i <= Pieces; i++)
        {
            double t = (double)i / Pieces;
            double a = (1 - t) * (1 - t);
            double b = 2 * t * (1 - t);
            path[i] = ((a * start.X) + (b * bend.X) + (t * t * end.X), (a * start.Y) + (b * bend.Y) + (t * t * end.Y));
        }

        return new Stroke(path);
    }

    /// <summary>A random walk; the heading keeps the share <paramref name="memory"/> of its last turn and adds noise.</summary>
    public static List<(double X, double Y)> Walk(
        SplitMix64 random, (double X, double Y) start, double heading, double length, double step, double noise, double memory)
    {
        List<(double X, double Y)> path = [start];
        double turn = 0;
        for (int i = 0; i < (int)(length / step); i++)
        {
            turn = (turn * memory) + (random.Normal() * noise);
            start = (start.X + (step * Math.Cos(heading + turn)), start.Y + (step * Math.Sin(heading + turn)));
            path.Add(start);
        }

        return path;
    }

    private double Add((double X, double Y) from, (double X, double Y) to, double arc)
    {
        double dx = to.X - from.X;
        double dy = to.Y - from.Y;
        double length = Math.Sqrt((dx * dx) + (dy * dy)) + 1e-9;
        Region near = Region.Spanning(
            Math.Min(from.X, to.X) - Margin, Math.Min(from.Y, to.Y) - Margin,
            Math.Max(from.X, to.X) + Margin, Math.Max(from.Y, to.Y) + Margin);
        Vector<double> right = new(near.Right), squared = new(length * length), startX = new(from.X), arcs = new(arc);
        for (int y = near.Top; y < near.Bottom; y++)
        {
            double py = y - from.Y;
            Vector<double> down = new(py), downAlong = new(py * dy), downAcross = new(py * dx);
            for (int left = near.Left; left < near.Right; left += Vector<double>.Count)
            {
                int index = ((y - Region.Top) * _stride) + Row.MostLanes + left - Region.Left;
                Vector<double> x = Row.From(left);
                Vector<double> px = x - startX;
                Vector<double> t = Smooth.Clamp(((px * dx) + downAlong) / squared, 0, 1);
                Vector<double> distance = Vector.SquareRoot(Smooth.Square(px - (t * dx)) + Smooth.Square(down - (t * dy)));
                Vector<double> nearest = new(_distances, index);
                Vector<long> isNearer = Vector.LessThan(distance, nearest) & Vector.LessThan(x, right);
                if (isNearer == Vector<long>.Zero)
                {
                    continue;
                }

                Vector.ConditionalSelect(isNearer, distance, nearest).CopyTo(_distances, index);
                Vector.ConditionalSelect(isNearer, arcs + (t * length), new Vector<double>(_arcs, index)).CopyTo(_arcs, index);
                Vector.ConditionalSelect(isNearer, ((px * dy) - downAcross) / new Vector<double>(length), new Vector<double>(_sides, index)).CopyTo(_sides, index);
            }
        }

        return length;
    }
}
