using Graft.Runtime.Preprocessing;

namespace Graft.Runtime.Postprocessing;

/// <summary>From a network's output to detections, with the semantics of training: thresholds, suppression, way back to the image.</summary>
internal sealed class PostProcessor
{
    /// <summary>Rows before the scores; numbers of a final box.</summary>
    public const int Corners = 4, Numbers = 6;

    private readonly CandidateList _candidates = new();
    private readonly Suppression _suppression = new();

    /// <summary>Reads [4 + N, P]: rows of centre x, centre y, width, height, then scores.</summary>
    /// <param name="output">Output of one image.</param>
    /// <param name="rows">4 + N.</param>
    /// <param name="plan">How the image was fitted.</param>
    /// <param name="thresholds">Settings.</param>
    /// <param name="classThresholds">One for each class.</param>
    /// <param name="tile">Index of the image or tile, and its upper left corner.</param>
    /// <param name="found">Where detections are added, best first.</param>
    public void Decode(
        ReadOnlySpan<float> output, int rows, in FitPlan plan, in Thresholds thresholds, ReadOnlySpan<float> classThresholds, TilePlace tile, List<Piece> found)
    {
        int anchors = output.Length / rows, classes = rows - Corners;
        _candidates.Scan(output[(Corners * anchors)..], classes, anchors, thresholds, classThresholds);
        _suppression.Clear(thresholds.MaxPerImage);
        (double scaleX, double scaleY) = (plan.ScaleX, plan.ScaleY);
        for (int i = 0; i < _candidates.Count && !_suppression.IsFull; i++)
        {
            (float score, int index) = _candidates[i];
            (int anchor, int label) = (index / classes, index % classes);
            float x = output[anchor], y = output[anchors + anchor], width = output[(2 * anchors) + anchor], height = output[(3 * anchors) + anchor];
            Box box = MapBack(new Box(x - (width / 2), y - (height / 2), x + (width / 2), y + (height / 2)), plan, scaleX, scaleY);
            if (_suppression.TryKeep(box, thresholds.IsClassAgnostic ? 0 : label, thresholds.Iou))
            {
                found.Add(Finish(label, score, box, plan, tile));
            }
        }
    }

    /// <summary>Reads [boxes, 6]: corners, score, class; final boxes, so nothing suppresses another.</summary>
    public void ReadFinal(
        ReadOnlySpan<float> output, in FitPlan plan, in Thresholds thresholds, ReadOnlySpan<float> classThresholds, TilePlace tile, List<Piece> found)
    {
        _candidates.Clear();
        for (int row = 0; row < output.Length / Numbers; row++)
        {
            float score = output[(row * Numbers) + Corners];
            if (score > thresholds.Of((int)output[(row * Numbers) + Corners + 1], classThresholds))
            {
                _candidates.Add(score, row);
            }
        }

        _candidates.Order(Math.Min(thresholds.Candidates, thresholds.MaxPerImage));
        (double scaleX, double scaleY) = (plan.ScaleX, plan.ScaleY);
        for (int i = 0; i < _candidates.Count; i++)
        {
            (float score, int index) = _candidates[i];
            ReadOnlySpan<float> row = output.Slice(index * Numbers, Numbers);
            Box box = MapBack(new Box(row[0], row[1], row[2], row[3]), plan, scaleX, scaleY);
            found.Add(Finish((int)row[Corners + 1], score, box, plan, tile));
        }
    }

    private static Box MapBack(Box box, in FitPlan plan, double scaleX, double scaleY)
    {
        // In double precision and in this order, as at training: suppression decides by single bits.
        (double left, double top) = (plan.Left, plan.Top);
        return new Box(
            (float)((box.X1 - left) / scaleX), (float)((box.Y1 - top) / scaleY), (float)((box.X2 - left) / scaleX), (float)((box.Y2 - top) / scaleY));
    }

    private static Piece Finish(int label, float score, Box box, in FitPlan plan, TilePlace tile)
        => new(label, score, box.Clip(plan.ImageWidth, plan.ImageHeight).Move(tile.X, tile.Y), tile.Index);
}

/// <summary>Where a tile lies in its image.</summary>
/// <param name="Index">Index of the image or tile.</param>
/// <param name="X">Left column.</param>
/// <param name="Y">Upper row.</param>
internal readonly record struct TilePlace(int Index, int X, int Y);
