namespace Graft.Synthetic;

/// <summary>A pixel's position relative to a line: distance, arc length of the nearest point, and the signed side.</summary>
internal readonly record struct StrokePoint(double Distance, double Arc, double Side);

/// <summary>A polyline; pixels further than a margin from it count as infinitely far.</summary>
internal sealed class Stroke
{
    private const double Margin = 14;
    private const double Far = 1e9;
    private readonly StrokePoint[] _points;

    public Stroke(IReadOnlyList<(double X, double Y)> path)
    {
        Region = Region.Spanning(
            path.Min(p => p.X) - Margin, path.Min(p => p.Y) - Margin, path.Max(p => p.X) + Margin, path.Max(p => p.Y) + Margin);
        _points = new StrokePoint[Region.Area];
        Array.Fill(_points, new StrokePoint(Far, 0, 0));
        double arc = 0;
        for (int i = 1; i < path.Count; i++)
        {
            arc += Add(path[i - 1], path[i], arc);
        }
    }

    /// <summary>All pixels near the line.</summary>
    public Region Region { get; }

    /// <summary>A pixel's position relative to the line.</summary>
    public StrokePoint At(double x, double y)
    {
        int column = (int)x - Region.Left;
        int row = (int)y - Region.Top;
        return column >= 0 && row >= 0 && column < Region.Width && row < Region.Height
            ? _points[(row * Region.Width) + column]
            : new StrokePoint(Far, 0, 0);
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
        for (int y = near.Top; y < near.Bottom; y++)
        {
            for (int x = near.Left; x < near.Right; x++)
            {
                double px = x - from.X;
                double py = y - from.Y;
                double t = Math.Clamp(((px * dx) + (py * dy)) / (length * length), 0, 1);
                double distance = Math.Sqrt(Smooth.Square(px - (t * dx)) + Smooth.Square(py - (t * dy)));
                ref StrokePoint point = ref _points[((y - Region.Top) * Region.Width) + x - Region.Left];
                if (distance < point.Distance)
                {
                    point = new StrokePoint(distance, arc + (t * length), ((px * dy) - (py * dx)) / length);
                }
            }
        }

        return length;
    }
}
