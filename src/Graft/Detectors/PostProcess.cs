using System.ComponentModel.DataAnnotations;
using Graft.Torch;

namespace Graft.Detectors;

/// <summary>Settings from decoded boxes and scores to final detections; defaults are those of the published evaluation.</summary>
public sealed record PostProcessOptions
{
    /// <summary>Boxes must score higher than this.</summary>
    [Range(0.0, 1.0)]
    public double ScoreThreshold { get; init; } = 0.001;

    /// <summary>A box is dropped when it overlaps a better one of its class by more than this IoU.</summary>
    [Range(0.0, 1.0)]
    public double IouThreshold { get; init; } = 0.7;

    /// <summary>Best candidates kept before suppression.</summary>
    [Range(1, int.MaxValue)]
    public int Candidates { get; init; } = 30000;

    /// <summary>Best boxes kept per image.</summary>
    [Range(1, int.MaxValue)]
    public int MaxPerImage { get; init; } = 300;

    /// <summary>Whether an anchor point may give one box per class; otherwise only its best class counts.</summary>
    public bool MultiLabel { get; init; } = true;

    /// <summary>Whether boxes of different classes suppress each other.</summary>
    public bool ClassAgnostic { get; init; }

    /// <summary>YOLOv10: predict with the one-to-many head and NMS instead of with the one-to-one head.</summary>
    public bool OneToMany { get; init; }
}

/// <summary>How an image was fitted into the network's input, to map boxes back.</summary>
/// <param name="Width">Columns of the original image.</param>
/// <param name="Height">Rows of the original image.</param>
/// <param name="ScaleX">Input pixels per original pixel, horizontally.</param>
/// <param name="ScaleY">The same vertically.</param>
/// <param name="Left">Columns of padding on the left.</param>
/// <param name="Top">Rows of padding on top.</param>
public readonly record struct Fitting(int Width, int Height, double ScaleX = 1, double ScaleY = 1, double Left = 0, double Top = 0)
{
    /// <summary>An image that is the input itself.</summary>
    public static Fitting None(int width, int height) => new(width, height);

    /// <summary>Maps a box back to the original image and clips it.</summary>
    /// <param name="corners">x1, y1, x2, y2 in input pixels.</param>
    public Box MapBack(ReadOnlySpan<float> corners) => new Box(
        (corners[0] - Left) / ScaleX, (corners[1] - Top) / ScaleY, (corners[2] - Left) / ScaleX, (corners[3] - Top) / ScaleY).Clip(Width, Height);
}

/// <summary>Thresholds, non-maximum suppression (per class by default), mapping back to the image.</summary>
public static class PostProcess
{
    /// <summary>Final detections of each image, best first.</summary>
    /// <param name="boxes">B×P×4 corners in input pixels.</param>
    /// <param name="scores">B×P×N, 0..1.</param>
    /// <param name="fittings">One per image.</param>
    /// <param name="options">Thresholds.</param>
    public static Detection[][] Run(Tensor boxes, Tensor scores, IReadOnlyList<Fitting> fittings, PostProcessOptions options)
    {
        float[] corners = boxes.ToSingles(), values = scores.ToSingles();
        int images = (int)scores.Size(0), places = (int)scores.Size(1), classes = (int)scores.Size(2);
        Detection[][] result = new Detection[images][];
        for (int image = 0; image < images; image++)
        {
            result[image] = One(
                corners.AsSpan(image * places * 4, places * 4), values.AsSpan(image * places * classes, places * classes),
                classes, fittings[image], options);
        }

        return result;
    }

    private static Detection[] One(Span<float> corners, Span<float> scores, int classes, Fitting fitting, PostProcessOptions options)
    {
        (float Score, int Index)[] found = Candidates(scores, classes, options);
        float[] boxes = new float[4 * found.Length];
        int[] groups = new int[found.Length];
        for (int i = 0; i < found.Length; i++)
        {
            Span<float> corner = corners.Slice(found[i].Index / classes * 4, 4);
            groups[i] = options.ClassAgnostic ? 0 : found[i].Index % classes;
            boxes[4 * i] = (float)((corner[0] - fitting.Left) / fitting.ScaleX);
            boxes[(4 * i) + 1] = (float)((corner[1] - fitting.Top) / fitting.ScaleY);
            boxes[(4 * i) + 2] = (float)((corner[2] - fitting.Left) / fitting.ScaleX);
            boxes[(4 * i) + 3] = (float)((corner[3] - fitting.Top) / fitting.ScaleY);
        }

        int[] kept = Suppression.Run(boxes, groups, (float)options.IouThreshold, options.MaxPerImage);
        return [.. kept.Select(k => new Detection(
            found[k].Index % classes, found[k].Score,
            new Box(boxes[4 * k], boxes[(4 * k) + 1], boxes[(4 * k) + 2], boxes[(4 * k) + 3]).Clip(fitting.Width, fitting.Height)))];
    }

    /// <summary>(score, anchor point·classes + class), best first; equal scores in the order of anchor points.</summary>
    private static (float Score, int Index)[] Candidates(Span<float> scores, int classes, PostProcessOptions options)
    {
        List<(float Score, int Index)> found = [];
        float threshold = (float)options.ScoreThreshold;
        if (options.MultiLabel && classes > 1)
        {
            for (int i = 0; i < scores.Length; i++)
            {
                if (scores[i] > threshold)
                {
                    found.Add((scores[i], i));
                }
            }
        }
        else
        {
            for (int start = 0; start < scores.Length; start += classes)
            {
                int best = start;
                for (int i = start + 1; i < start + classes; i++)
                {
                    best = scores[i] > scores[best] ? i : best;
                }

                if (scores[best] > threshold)
                {
                    found.Add((scores[best], best));
                }
            }
        }

        found.Sort(static (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Index.CompareTo(b.Index));
        return [.. found.Take(options.Candidates)];
    }
}
