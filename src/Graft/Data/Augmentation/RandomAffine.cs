using Graft.Detectors;
using Graft.Torch.Images;

namespace Graft.Data;

/// <summary>Random scale, shift, rotation and shear about the centre, cropped to the side; objects that nearly vanish are
/// dropped.</summary>
internal static class RandomAffine
{
    private const double MinSide = 2;
    private const double MaxAspect = 100;

    public static void Apply(Sample sample, int side, AugmentOptions options, SplitMix64 random)
    {
        double angle = random.Uniform(-options.Degrees, options.Degrees) * Math.PI / 180;
        double scale = random.Uniform(1 - options.Scale, 1 + options.Scale);
        double shearX = Math.Tan(random.Uniform(-options.Shear, options.Shear) * Math.PI / 180);
        double shearY = Math.Tan(random.Uniform(-options.Shear, options.Shear) * Math.PI / 180);
        double shiftX = random.Uniform(0.5 - options.Translate, 0.5 + options.Translate) * side;
        double shiftY = random.Uniform(0.5 - options.Translate, 0.5 + options.Translate) * side;

        // Shift · shear · rotation · scale · (centre to the origin).
        double cos = scale * Math.Cos(angle);
        double sin = scale * Math.Sin(angle);
        double xx = cos + (shearX * sin);
        double xy = -sin + (shearX * cos);
        double yx = (shearY * cos) + sin;
        double yy = (-shearY * sin) + cos;
        double middleX = sample.Image.Width / 2.0;
        double middleY = sample.Image.Height / 2.0;
        ReadOnlySpan<double> matrix =
        [
            xx, xy, shiftX - (xx * middleX) - (xy * middleY),
            yx, yy, shiftY - (yx * middleX) - (yy * middleY),
            0, 0, 1,
        ];
        List<LabelledBox> kept = [];
        foreach (LabelledBox labelled in sample.Objects)
        {
            Box warped = Warp(labelled.Box, matrix).Clip(side, side);
            if (Survives(labelled.Box.Area * scale * scale, warped, options))
            {
                kept.Add(labelled with { Box = warped });
            }
        }

        sample.Replace(sample.Image.Warp(matrix, side, side, Letterbox.Padding), kept);
    }

    private static Box Warp(Box box, ReadOnlySpan<double> m)
    {
        Span<double> x = stackalloc double[4];
        Span<double> y = stackalloc double[4];
        for (int corner = 0; corner < 4; corner++)
        {
            double fromX = corner is 0 or 3 ? box.X1 : box.X2;
            double fromY = corner < 2 ? box.Y1 : box.Y2;
            x[corner] = (m[0] * fromX) + (m[1] * fromY) + m[2];
            y[corner] = (m[3] * fromX) + (m[4] * fromY) + m[5];
        }

        return new Box(
            Math.Min(Math.Min(x[0], x[1]), Math.Min(x[2], x[3])),
            Math.Min(Math.Min(y[0], y[1]), Math.Min(y[2], y[3])),
            Math.Max(Math.Max(x[0], x[1]), Math.Max(x[2], x[3])),
            Math.Max(Math.Max(y[0], y[1]), Math.Max(y[2], y[3])));
    }

    private static bool Survives(double areaBefore, Box box, AugmentOptions options)
        => box.Width > MinSide
            && box.Height > MinSide
            && box.Area > options.MinAreaRatio * areaBefore
            && Math.Max(box.Width / box.Height, box.Height / box.Width) < MaxAspect;
}
