using Graft.Data;

namespace Graft.Evaluation;

/// <summary>Pairs the detections of one image and class with its objects, at every IoU threshold and area range.</summary>
internal sealed class CocoMatching(bool pycocotoolsIds)
{
    private static readonly int Thresholds = CocoProtocol.IouThresholds.Count;
    private static readonly int Areas = CocoProtocol.AreaRanges.Count;

    private double[] _overlaps = [];
    private bool[] _ignored = [];
    private bool[] _taken = [];
    private int[] _order = [];

    /// <summary>Adds the number of objects that count, per area range.</summary>
    public static void Count(ReadOnlySpan<CocoAnnotation> objects, Span<int> counted)
    {
        for (int area = 0; area < Areas; area++)
        {
            foreach (CocoAnnotation annotation in objects)
            {
                counted[area] += annotation.Crowd || Outside(annotation.Area, area) ? 0 : 1;
            }
        }
    }

    /// <summary>Fills the verdict of each detection; detections come best first.</summary>
    public void Match(ReadOnlySpan<CocoResult> found, ReadOnlySpan<CocoAnnotation> objects, Span<CocoVerdict> verdicts)
    {
        int count = objects.Length;
        Grow(found.Length * count, count);
        for (int d = 0; d < found.Length; d++)
        {
            for (int g = 0; g < count; g++)
            {
                _overlaps[(d * count) + g] = Overlap(found[d], objects[g]);
            }
        }

        for (int area = 0; area < Areas; area++)
        {
            Sort(objects, area);
            for (int threshold = 0; threshold < Thresholds; threshold++)
            {
                Pair(found, objects, area, threshold, verdicts);
            }
        }
    }

    private void Pair(
        ReadOnlySpan<CocoResult> found, ReadOnlySpan<CocoAnnotation> objects, int area, int threshold, Span<CocoVerdict> verdicts)
    {
        Array.Clear(_taken, 0, objects.Length);
        double lowest = Math.Min(CocoProtocol.IouThresholds[threshold], 1 - 1e-10);
        for (int d = 0; d < found.Length; d++)
        {
            int best = -1;
            double bestOverlap = lowest;
            for (int at = 0; at < objects.Length; at++)
            {
                int g = _order[at];
                if (_taken[g] && !objects[g].Crowd)
                {
                    continue;
                }

                // Objects that do not count come last: a real match is never given up for one of them.
                if (best >= 0 && !_ignored[best] && _ignored[g])
                {
                    break;
                }

                double overlap = _overlaps[(d * objects.Length) + g];
                if (overlap >= bestOverlap)
                {
                    bestOverlap = overlap;
                    best = g;
                }
            }

            bool matched = best >= 0;
            bool ignored = matched && _ignored[best];
            if (matched)
            {
                _taken[best] = true;
                matched = !pycocotoolsIds || objects[best].Id != 0;
            }

            if (!matched && !ignored)
            {
                ignored = Outside(found[d].Width * found[d].Height, area);
            }

            verdicts[d].Set(area, threshold, matched, ignored);
        }
    }

    private void Sort(ReadOnlySpan<CocoAnnotation> objects, int area)
    {
        int next = 0;
        for (int g = 0; g < objects.Length; g++)
        {
            _ignored[g] = objects[g].Crowd || Outside(objects[g].Area, area);
            if (!_ignored[g])
            {
                _order[next++] = g;
            }
        }

        for (int g = 0; g < objects.Length; g++)
        {
            if (_ignored[g])
            {
                _order[next++] = g;
            }
        }
    }

    private static bool Outside(double size, int area)
        => size < CocoProtocol.AreaRanges[area].Low || size > CocoProtocol.AreaRanges[area].High;

    private static double Overlap(in CocoResult found, in CocoAnnotation truth)
    {
        double width = Math.Min(found.X + found.Width, truth.X + truth.Width) - Math.Max(found.X, truth.X);
        double height = Math.Min(found.Y + found.Height, truth.Y + truth.Height) - Math.Max(found.Y, truth.Y);
        if (width <= 0 || height <= 0)
        {
            return 0;
        }

        double shared = width * height;
        double area = found.Width * found.Height;
        return shared / (truth.Crowd ? area : area + (truth.Width * truth.Height) - shared);
    }

    private void Grow(int overlaps, int objects)
    {
        if (_overlaps.Length < overlaps)
        {
            _overlaps = new double[Math.Max(overlaps, 2 * _overlaps.Length)];
        }

        if (_order.Length < objects)
        {
            int length = Math.Max(objects, 2 * _order.Length);
            (_order, _ignored, _taken) = (new int[length], new bool[length], new bool[length]);
        }
    }
}
