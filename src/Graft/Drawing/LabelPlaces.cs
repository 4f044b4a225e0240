using Graft.Detectors;

namespace Graft.Drawing;

/// <summary>Places each label above its box if possible, inside the image, away from other labels and the contents of boxes.</summary>
internal sealed class LabelPlaces(double width, double height, IReadOnlyList<Box> boxes)
{
    // Hiding another label is worse than hiding a part of an object.
    private const double BoxWeight = 0.4;
    private readonly List<Box> _taken = [];

    /// <summary>Reserves a place for the label of a box.</summary>
    public Box Take(Box box, double labelWidth, double labelHeight)
    {
        Box? best = null;
        double least = double.MaxValue;
        foreach ((double x, double y) in Candidates(box, labelWidth, labelHeight))
        {
            Box place = Box.FromSize(
                Math.Clamp(x, 0, Math.Max(0, width - labelWidth)),
                Math.Clamp(y, 0, Math.Max(0, height - labelHeight)),
                labelWidth,
                labelHeight);
            double covered = _taken.Sum(other => place.Intersection(other)) + (BoxWeight * boxes.Sum(other => place.Intersection(other)));
            if (covered < least)
            {
                (best, least) = (place, covered);
            }
        }

        _taken.Add(best!.Value);
        return best.Value;
    }

    private static IEnumerable<(double X, double Y)> Candidates(Box box, double width, double height)
    {
        if (box.Y1 >= height)
        {
            yield return (box.X1, box.Y1 - height);
            yield return (box.X2 - width, box.Y1 - height);
        }

        yield return (box.X1, box.Y2);
        yield return (box.X2 - width, box.Y2);
        yield return (box.X1, box.Y1);
        yield return (box.X2, box.Y1);
        yield return (box.X1 - width, box.Y1);
        yield return (box.X1, box.Y2 - height);
    }
}
