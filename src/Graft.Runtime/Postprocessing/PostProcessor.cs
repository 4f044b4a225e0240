using System.Globalization;
using Graft.Runtime.Preprocessing;

namespace Graft.Runtime.Postprocessing;

/// <summary>From a network's output to detections, with the semantics of training: thresholds, suppression, way back to the image.</summary>
/// <param name="model">The model's file, for messages.</param>
internal sealed class PostProcessor(string model)
{
    /// <summary>Rows before the scores; numbers of a final box.</summary>
    public const int Corners = 4, Numbers = 6;

    private const int MostLabels = 1 << 24;

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
    /// <exception cref="OnnxDetectorException">Of kind Model: a score or box is not a finite number.</exception>
    public void Decode(
        ReadOnlySpan<float> output, int rows, in FitPlan plan, in Thresholds thresholds, ReadOnlySpan<float> classThresholds, TilePlace tile, List<Piece> found)
    {
        int anchors = output.Length / rows, classes = rows - Corners;
        _candidates.Scan(output[(Corners * anchors)..], classes, anchors, thresholds, classThresholds);
        RequireNumbers();
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
    /// <exception cref="OnnxDetectorException">Of kind Model: a score, class or box is not a finite number.</exception>
    public void ReadFinal(
        ReadOnlySpan<float> output, in FitPlan plan, in Thresholds thresholds, ReadOnlySpan<float> classThresholds, TilePlace tile, List<Piece> found)
    {
        _candidates.Clear();
        for (int row = 0; row < output.Length / Numbers; row++)
        {
            float score = output[(row * Numbers) + Corners];
            if (!(score <= thresholds.Of(Label(output[(row * Numbers) + Corners + 1]), classThresholds)))
            {
                _candidates.Add(float.IsNaN(score) ? throw NotFinite("a score is not a number") : score, row);
            }
        }

        _candidates.Order(Math.Min(thresholds.Candidates, thresholds.MaxPerImage));
        (double scaleX, double scaleY) = (plan.ScaleX, plan.ScaleY);
        for (int i = 0; i < _candidates.Count; i++)
        {
            (float score, int index) = _candidates[i];
            ReadOnlySpan<float> row = output.Slice(index * Numbers, Numbers);
            Box box = MapBack(new Box(row[0], row[1], row[2], row[3]), plan, scaleX, scaleY);
            found.Add(Finish(Label(row[Corners + 1]), score, box, plan, tile));
        }
    }

    private static Box MapBack(Box box, in FitPlan plan, double scaleX, double scaleY)
    {
        // In double precision and in this order, as at training: suppression decides by single bits.
        (double left, double top) = (plan.Left, plan.Top);
        return new Box(
            (float)((box.X1 - left) / scaleX), (float)((box.Y1 - top) / scaleY), (float)((box.X2 - left) / scaleX), (float)((box.Y2 - top) / scaleY));
    }

    /// <summary>The class of a final box; -1 where the number is none.</summary>
    private static int Label(float value) => value is >= 0 and <= MostLabels ? (int)value : -1;

    private Piece Finish(int label, float score, Box box, in FitPlan plan, TilePlace tile)
        => label >= 0 && float.IsFinite(box.X1) && float.IsFinite(box.Y1) && float.IsFinite(box.X2) && float.IsFinite(box.Y2) && float.IsFinite(score)
            ? new(label, score, box.Clip(plan.ImageWidth, plan.ImageHeight).Move(tile.X, tile.Y), tile.Index)
            : throw NotFinite(string.Create(CultureInfo.InvariantCulture, $"a box of class {label} with the score {score} is {box.X1}, {box.Y1}, {box.X2}, {box.Y2}"));

    private void RequireNumbers()
    {
        if (_candidates.HasNaN)
        {
            throw NotFinite("a score is not a number");
        }
    }

    private OnnxDetectorException NotFinite(string found) => new(
        FailureKind.Model, $"{model} computes what no detection can be: {found}; finite numbers are expected.",
        "Run it with float32 weights and without other execution providers; if it still does, train or export it again.");
}

/// <summary>Where a tile lies in its image.</summary>
/// <param name="Index">Index of the image or tile.</param>
/// <param name="X">Left column.</param>
/// <param name="Y">Upper row.</param>
internal readonly record struct TilePlace(int Index, int X, int Y);
