namespace Graft.Synthetic;

/// <summary>A squashed disc whose outline wobbles with fractal noise.</summary>
internal sealed class Blob
{
    private readonly FractalNoise _outline;
    private readonly double _cosine;
    private readonly double _sine;
    private readonly double _aspect;
    private readonly double _roughness;
    private readonly double _frequency;

    public Blob(double x, double y, double radius, double aspect, double roughness, double angle, ulong seed, double frequency = 1.6)
    {
        (X, Y, Radius) = (x, y, radius);
        (_aspect, _roughness, _frequency) = (aspect, roughness, frequency);
        (_cosine, _sine) = (Math.Cos(angle), Math.Sin(angle));
        _outline = new FractalNoise(seed, 3);
    }

    public double X { get; }

    public double Y { get; }

    public double Radius { get; }

    /// <summary>Distance from the centre in units of the outline: 0 in the middle, 1 on the outline.</summary>
    public double Reach(double x, double y)
    {
        double along = ((x - X) * _cosine) + ((y - Y) * _sine);
        double across = (-((x - X) * _sine) + ((y - Y) * _cosine)) / _aspect;
        double distance = Math.Sqrt((along * along) + (across * across)) + 1e-9;
        double wobble = _outline.At((along / distance * _frequency) + 9, (across / distance * _frequency) + 9) - 0.5;
        return distance / (Radius * (1 + (_roughness * 2 * wobble)));
    }

    /// <summary>All pixels whose <see cref="Reach"/> can be at most <paramref name="reach"/>, and two more around them.</summary>
    public Region Within(double reach) => Region.Around(X, Y, (Radius * (1 + _roughness) * reach) + 2);
}
