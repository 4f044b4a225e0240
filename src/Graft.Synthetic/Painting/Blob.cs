using System.Numerics;

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
    public Vector<double> Reach(Vector<double> x, Vector<double> y)
    {
        Vector<double> dx = x - new Vector<double>(X), dy = y - new Vector<double>(Y);
        Vector<double> along = (dx * _cosine) + (dy * _sine);
        Vector<double> across = (-(dx * _sine) + (dy * _cosine)) / new Vector<double>(_aspect);
        Vector<double> distance = Vector.SquareRoot((along * along) + (across * across)) + new Vector<double>(1e-9);
        Vector<double> shift = new(9);
        Vector<double> wobble = _outline.At((along / distance * _frequency) + shift, (across / distance * _frequency) + shift) - new Vector<double>(0.5);
        return distance / (Radius * (Vector<double>.One + (_roughness * 2 * wobble)));
    }

    /// <summary>All pixels whose <see cref="Reach"/> can be at most <paramref name="reach"/>, and two more around them.</summary>
    public Region Within(double reach) => Region.Around(X, Y, (Radius * (1 + _roughness) * reach) + 2);
}
