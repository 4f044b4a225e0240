using System.Numerics;

namespace Graft.Synthetic;

/// <summary>A cloud of small specks.</summary>
internal sealed class Contamination : PaintedDefect
{
    private static readonly Rgb[] DarkDirt = [new(0.10, 0.09, 0.08), new(0.22, 0.16, 0.10), new(0.05, 0.05, 0.06)];
    private static readonly Rgb[] BrightDirt = [new(0.92, 0.92, 0.90), new(0.85, 0.80, 0.70)];

    public override SyntheticClass Class { get; } =
        new(7, "contamination", "contamination", "foreign particles", "dirt particles", "dust specks")
        {
            HeldOutSynonyms = ["foreign matter", "impurity", "residue", "grime"],
        };

    public override Draft Draw(Surface surface, SplitMix64 random, Light light, double strength)
    {
        (double x, double y) = Place(random, 22);
        double spread = random.Uniform(7, 22);
        int count = random.Integer(8, 34);
        bool dark = random.Uniform() < (surface.MeanLuminance() > 0.35 ? 0.75 : 0.25);
        Rgb colour = random.Pick(dark ? DarkDirt : BrightDirt);
        Speck[] specks = new Speck[count];
        for (int i = 0; i < count; i++)
        {
            specks[i] = Speck.Draw(random, x, y, spread * 0.75);
        }

        Region region = Region.Spanning(
            specks.Min(s => s.X) - Speck.Reach, specks.Min(s => s.Y) - Speck.Reach,
            specks.Max(s => s.X) + Speck.Reach, specks.Max(s => s.Y) + Speck.Reach);
        int stride = region.Width + Row.MostLanes;
        double[] covers = new double[stride * region.Height];
        foreach (Speck speck in specks)
        {
            speck.AddTo(covers, region, stride);
        }

        return Draft.Paint(surface, region, dark ? "dark" : "bright", "scattered specks", (px, py, under) =>
        {
            Vector<double> cover = new(covers, (((int)py[0] - region.Top) * stride) + (int)px[0] - region.Left);
            return new Touch(under.Under(colour, Smooth.Clamp(cover * strength * 0.9, 0, 1)), cover);
        });
    }

    private readonly record struct Speck(double X, double Y, double Radius, double Cosine, double Sine, double Aspect, double Opacity)
    {
        /// <summary>No speck is larger than this.</summary>
        public const double Reach = 4;

        public static Speck Draw(SplitMix64 random, double x, double y, double deviation)
        {
            double left = x + (deviation * random.Normal());
            double top = y + (deviation * random.Normal());
            double radius = random.Uniform(0.8, 2.9);
            (double sine, double cosine) = Math.SinCos(random.Uniform(0, Math.PI));
            return new Speck(left, top, radius, cosine, sine, random.Uniform(0.45, 1), random.Uniform(0.6, 1));
        }

        /// <summary>Raises the cover of the pixels around it.</summary>
        public void AddTo(double[] covers, Region region, int stride)
        {
            Region near = Region.Around(X, Y, Reach);
            for (int y = near.Top; y < near.Bottom; y++)
            {
                for (int x = near.Left; x < near.Right; x++)
                {
                    ref double cover = ref covers[((y - region.Top) * stride) + x - region.Left];
                    cover = Math.Max(cover, At(x, y));
                }
            }
        }

        private double At(double x, double y)
        {
            double dx = x - X;
            double dy = y - Y;
            if (Math.Abs(dx) > Reach || Math.Abs(dy) > Reach)
            {
                return 0;
            }

            double along = ((dx * Cosine) + (dy * Sine)) / Radius;
            double across = ((dy * Cosine) - (dx * Sine)) / (Radius * Aspect);
            return Opacity * (1 - Smooth.Step(0.75, 1.25, Math.Sqrt((along * along) + (across * across))));
        }
    }
}
