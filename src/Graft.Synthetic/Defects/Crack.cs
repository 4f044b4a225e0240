using System.Numerics;

namespace Graft.Synthetic;

/// <summary>A dark, jagged line with branches, thinning towards its ends.</summary>
internal sealed class Crack : PaintedDefect
{
    private const double Step = 5;

    public override SyntheticClass Class { get; } = new(5, "crack", "crack", "hairline crack", "surface crack", "crack line")
    {
        HeldOutSynonyms = ["fracture", "fissure", "rupture", "split"],
    };

    public override Draft Draw(Surface surface, SplitMix64 random, Light light, double strength)
    {
        double length = random.Uniform(55, 170);
        double heading = random.Uniform(0, 2 * Math.PI);
        (double X, double Y) middle = Place(random, 40);
        List<Branch> branches = Grow(random, Shift(middle, heading, -length / 2), heading, length);
        double width = random.Uniform(0.9, 1.7);
        double depth = Math.Clamp(random.Uniform(0.60, 0.82) * strength, 0, 0.95);
        Region region = new(
            branches.Min(b => b.Stroke.Region.Left), branches.Min(b => b.Stroke.Region.Top),
            branches.Max(b => b.Stroke.Region.Right), branches.Max(b => b.Stroke.Region.Bottom));
        return Draft.Paint(surface, region, "dark", "branching line", (x, y, under) =>
        {
            Vector<double> dark = Vector<double>.Zero;
            Vector<double> mask = Vector<double>.Zero;
            foreach (Branch branch in branches)
            {
                StrokePoints points = branch.Stroke.At(x, y);
                if (points.AreNear)
                {
                    Vector<double> taper = Smooth.Clamp(new Vector<double>(1.15) - (points.Arc / branch.Length), 0.25, 1);
                    dark = Vector.Max(dark, Smooth.Bell(points.Distance / (width * branch.Thickness * taper)));
                    mask = Vector.Max(mask, Smooth.Bell(points.Distance / (width * branch.Thickness)));
                }
            }

            return new Touch(under * Smooth.Rest(depth * dark), mask);
        });
    }

    private static List<Branch> Grow(SplitMix64 random, (double X, double Y) start, double heading, double length)
    {
        List<(double X, double Y)> trunk = Stroke.Walk(random, start, heading, length, Step, noise: 0.30, memory: 0.55);
        List<Branch> branches = [Branch.Of(trunk, 1)];
        for (int i = 2; i < trunk.Count - 2; i++)
        {
            if (random.Uniform() >= 0.13)
            {
                continue;
            }

            double aside = heading + (random.Sign() * random.Uniform(0.45, 1.1));
            double reach = length * random.Uniform(0.15, 0.38);
            List<(double X, double Y)> twig = Stroke.Walk(random, trunk[i], aside, reach, 4.5, noise: 0.32, memory: 0.5);
            if (twig.Count > 1)
            {
                branches.Add(Branch.Of(twig, 0.6));
            }
        }

        return branches;
    }

    private readonly record struct Branch(Stroke Stroke, double Length, double Thickness)
    {
        public static Branch Of(List<(double X, double Y)> path, double thickness) => new(new Stroke(path), path.Count * Step, thickness);
    }
}
