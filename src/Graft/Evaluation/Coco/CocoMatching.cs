using Graft.Data;

namespace Graft.Evaluation;

/// <summary>Matches the detections of one image and class with its annotations, at every IoU threshold and area range.</summary>
internal sealed class CocoMatching(bool pycocotoolsIds)
{
    private static readonly int Thresholds = CocoProtocol.IouThresholds.Count;
    private static readonly int Areas = CocoProtocol.AreaRanges.Count;

    private double[] _overlaps = [];
    private bool[] _ignored = [];
    private bool[] _taken = [];
    private int[] _order = [];

    /// <summary>Adds the number of annotations that count, per area range.</summary>
    public static void Count(ReadOnlySpan<CocoAnnotation> annotations, Span<int> counted)
    {
        for (int area = 0; area < Areas; area++)
        {
            foreach (CocoAnnotation annotation in annotations)
            {
                counted[area] += annotation.Crowd || IsOutside(annotation.Area, area) ? 0 : 1;
            }
        }
    }

    /// <summary>Fills the matches of each detection; detections come best first.</summary>
    public void Match(ReadOnlySpan<CocoResult> detections, ReadOnlySpan<CocoAnnotation> annotations, Span<CocoMatches> matches)
    {
        int count = annotations.Length;
        Grow(detections.Length * count, count);
        for (int d = 0; d < detections.Length; d++)
        {
            for (int g = 0; g < count; g++)
            {
                _overlaps[(d * count) + g] = Overlap(detections[d], annotations[g]);
            }
        }

        for (int area = 0; area < Areas; area++)
        {
            Sort(annotations, area);
            for (int threshold = 0; threshold < Thresholds; threshold++)
            {
                MatchAt(detections, annotations, area, threshold, matches);
            }
        }
    }

    private void MatchAt(
        ReadOnlySpan<CocoResult> detections, ReadOnlySpan<CocoAnnotation> annotations, int area, int threshold, Span<CocoMatches> matches)
    {
        Array.Clear(_taken, 0, annotations.Length);
        double lowest = Math.Min(CocoProtocol.IouThresholds[threshold], 1 - 1e-10);
        for (int d = 0; d < detections.Length; d++)
        {
            int best = -1;
            double bestOverlap = lowest;
            for (int at = 0; at < annotations.Length; at++)
            {
                int g = _order[at];
                if (_taken[g] && !annotations[g].Crowd)
                {
                    continue;
                }

                // Ignored annotations come last: a match with one that counts is never replaced by one of them.
                if (best >= 0 && !_ignored[best] && _ignored[g])
                {
                    break;
                }

                double overlap = _overlaps[(d * annotations.Length) + g];
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
                matched = !pycocotoolsIds || annotations[best].Id != 0;
            }

            if (!matched && !ignored)
            {
                ignored = IsOutside(detections[d].Width * detections[d].Height, area);
            }

            matches[d].Set(area, threshold, matched, ignored);
        }
    }

    private void Sort(ReadOnlySpan<CocoAnnotation> annotations, int area)
    {
        int next = 0;
        for (int g = 0; g < annotations.Length; g++)
        {
            _ignored[g] = annotations[g].Crowd || IsOutside(annotations[g].Area, area);
            if (!_ignored[g])
            {
                _order[next++] = g;
            }
        }

        for (int g = 0; g < annotations.Length; g++)
        {
            if (_ignored[g])
            {
                _order[next++] = g;
            }
        }
    }

    private static bool IsOutside(double size, int area)
        => size < CocoProtocol.AreaRanges[area].Low || size > CocoProtocol.AreaRanges[area].High;

    private static double Overlap(in CocoResult detection, in CocoAnnotation annotation)
    {
        double width = Math.Min(detection.X + detection.Width, annotation.X + annotation.Width) - Math.Max(detection.X, annotation.X);
        double height = Math.Min(detection.Y + detection.Height, annotation.Y + annotation.Height) - Math.Max(detection.Y, annotation.Y);
        if (width <= 0 || height <= 0)
        {
            return 0;
        }

        double shared = width * height;
        double area = detection.Width * detection.Height;
        return shared / (annotation.Crowd ? area : area + (annotation.Width * annotation.Height) - shared);
    }

    private void Grow(int overlaps, int annotations)
    {
        if (_overlaps.Length < overlaps)
        {
            _overlaps = new double[Math.Max(overlaps, 2 * _overlaps.Length)];
        }

        if (_order.Length < annotations)
        {
            int length = Math.Max(annotations, 2 * _order.Length);
            (_order, _ignored, _taken) = (new int[length], new bool[length], new bool[length]);
        }
    }
}
