using Graft.Torch;

namespace Graft.Detectors;

/// <summary>The best predictions of a head that predicts each object once (YOLOv10), best first, without NMS.</summary>
/// <param name="Boxes">B×K×4 corners in input pixels, not clipped.</param>
/// <param name="Scores">B×K, 0..1.</param>
/// <param name="Labels">B×K class indices.</param>
/// <param name="Indices">B×K indices of anchor points; one anchor point may give several classes.</param>
public sealed record EndToEndSelection(Tensor Boxes, Tensor Scores, Tensor Labels, Tensor Indices)
{
    /// <summary>Selects among raw outputs and decodes only the selected ones.</summary>
    /// <param name="raw">The head's outputs.</param>
    /// <param name="strides">Input pixels per cell of each level.</param>
    /// <param name="limit">Predictions per image; fewer when there are fewer anchor points and classes.</param>
    public static EndToEndSelection Of(RawDetections raw, IReadOnlyList<int> strides, int limit = 300)
    {
        Anchors anchors = Anchors.Of(raw, strides);
        Tensor rows = RawDecoding.Rows(raw.Distributions);                            // B×P×64
        (Tensor logits, Tensor labels, Tensor places) = Best(RawDecoding.Rows(raw.Logits), limit);
        Tensor at = places.Flatten();
        Tensor centres = Tensor.From(anchors.Centres, anchors.Count, 2).IndexSelect(0, at).Reshape(places.Size(0), -1, 2);
        Tensor steps = Tensor.From(anchors.Strides, anchors.Count).IndexSelect(0, at).Reshape(places.Size(0), -1, 1);
        Tensor pixels = RawDecoding.Expect(Pick(rows, places)) * steps;             // B×K×4
        Tensor boxes = Tensor.Cat([centres - pixels.Narrow(2, 0, 2), centres + pixels.Narrow(2, 2, 2)], 2);
        return new(boxes, logits.Sigmoid(), labels, places);
    }

    /// <summary>Selects among decoded boxes.</summary>
    /// <param name="boxes">B×P×4 corners in input pixels.</param>
    /// <param name="scores">B×P×N, 0..1.</param>
    /// <param name="limit">Predictions per image; fewer when there are fewer anchor points and classes.</param>
    public static EndToEndSelection Of(Tensor boxes, Tensor scores, int limit = 300)
    {
        (Tensor best, Tensor labels, Tensor places) = Best(scores, limit);
        return new(Pick(boxes, places), best, labels, places);
    }

    /// <summary>Final detections of each image, best first: above a score, mapped back and clipped.</summary>
    /// <param name="fittings">One per image.</param>
    /// <param name="scoreThreshold">Boxes must score higher than this; a negative number keeps all.</param>
    public Detection[][] ToDetections(IReadOnlyList<Fitting> fittings, double scoreThreshold = 0.25)
    {
        float[] corners = Boxes.ToSingles(), scores = Scores.ToSingles();
        long[] labels = Labels.ToArray<long>();
        int count = (int)Scores.Size(1);
        return [.. fittings.Select((fitting, image) => Enumerable.Range(image * count, count)
            .Where(i => scores[i] > (float)scoreThreshold)
            .Select(i => new Detection((int)labels[i], scores[i], fitting.MapBack(corners.AsSpan(4 * i, 4))))
            .ToArray())];
    }

    /// <summary>First the best anchor points by their best class, then the best pairs of these anchor points and a class.</summary>
    private static (Tensor Values, Tensor Labels, Tensor Indices) Best(Tensor scores, int limit)
    {
        long images = scores.Size(0), classes = scores.Size(2), count = Math.Min(limit, scores.Size(1));
        (_, Tensor candidates) = scores.Max([2]).TopK(count, 1);                      // B×count
        Tensor pairs = Pick(scores, candidates).Reshape(images, count * classes);
        (Tensor values, Tensor flat) = pairs.TopK(Math.Min(limit, count * classes), 1);
        return (values, flat.Remainder(classes), candidates.Gather(1, flat.FloorDivide(classes)));
    }

    /// <summary>Rows of B×P×C at B×K anchor points.</summary>
    private static Tensor Pick(Tensor rows, Tensor places) => rows.Gather(1, places.Unsqueeze(2).Expand(-1, -1, rows.Size(2)));
}
