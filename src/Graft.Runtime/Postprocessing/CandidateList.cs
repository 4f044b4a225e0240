using System.Numerics;
using System.Runtime.InteropServices;

namespace Graft.Runtime.Postprocessing;

/// <summary>Scores above their thresholds, best first; equal scores in the order of anchor points, then classes. Its memory is reused.</summary>
internal sealed class CandidateList
{
    private ulong[] _keys = new ulong[1024];
    private float[] _best = [];
    private int[] _labels = [];

    /// <summary>Number of candidates.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the last scan met a score that is not a number.</summary>
    public bool HasNaN { get; private set; }

    /// <summary>Score and place (anchor point × classes + class) of a candidate.</summary>
    public (float Score, int Index) this[int position]
    {
        get
        {
            ulong key = _keys[position];
            return (BitConverter.UInt32BitsToSingle(uint.MaxValue - (uint)(key >> 32)), (int)(uint)key);
        }
    }

    /// <summary>Collects and orders the candidates of one image.</summary>
    /// <param name="scores">N×P: a row of anchor points for each class.</param>
    /// <param name="classes">N.</param>
    /// <param name="anchors">P.</param>
    /// <param name="thresholds">Settings.</param>
    /// <param name="classThresholds">One for each class.</param>
    public void Scan(ReadOnlySpan<float> scores, int classes, int anchors, in Thresholds thresholds, ReadOnlySpan<float> classThresholds)
    {
        Clear();
        if (thresholds.IsMultiLabel)
        {
            for (int label = 0; label < classes; label++)
            {
                ScanRow(scores.Slice(label * anchors, anchors), label, classes, thresholds.Of(label, classThresholds));
            }
        }
        else
        {
            ScanBest(scores, classes, anchors, thresholds, classThresholds);
        }

        Order(thresholds.Candidates);
    }

    /// <summary>Starts a list that <see cref="Add"/> fills.</summary>
    public void Clear() => (Count, HasNaN) = (0, false);

    /// <summary>Adds a candidate.</summary>
    /// <param name="score">Positive, finite.</param>
    /// <param name="index">Place; it decides between equal scores.</param>
    public void Add(float score, int index)
    {
        if (Count == _keys.Length)
        {
            Array.Resize(ref _keys, 2 * Count);
        }

        // Bits of positive floats are ordered like their values: one number sorts by falling score, then by place.
        _keys[Count++] = ((ulong)(uint.MaxValue - BitConverter.SingleToUInt32Bits(score)) << 32) | (uint)index;
    }

    /// <summary>Orders the candidates and keeps the best.</summary>
    public void Order(int most)
    {
        _keys.AsSpan(0, Count).Sort();
        Count = Math.Min(Count, most);
    }

    private void ScanRow(ReadOnlySpan<float> row, int label, int classes, float threshold)
    {
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(row);
        Vector<float> limit = new(threshold);
        for (int v = 0; v < vectors.Length; v++)
        {
            // Also true for a score that is not a number.
            if (!Vector.LessThanOrEqualAll(vectors[v], limit))
            {
                int start = v * Vector<float>.Count;
                AddAbove(row, start, start + Vector<float>.Count, label, classes, threshold);
            }
        }

        AddAbove(row, vectors.Length * Vector<float>.Count, row.Length, label, classes, threshold);
    }

    private void AddAbove(ReadOnlySpan<float> row, int start, int end, int label, int classes, float threshold)
    {
        for (int anchor = start; anchor < end; anchor++)
        {
            if (row[anchor] > threshold)
            {
                Add(row[anchor], (anchor * classes) + label);
            }
            else if (float.IsNaN(row[anchor]))
            {
                HasNaN = true;
            }
        }
    }

    private void ScanBest(ReadOnlySpan<float> scores, int classes, int anchors, in Thresholds thresholds, ReadOnlySpan<float> classThresholds)
    {
        if (_best.Length < anchors)
        {
            _best = new float[anchors];
            _labels = new int[anchors];
        }

        Span<float> best = _best.AsSpan(0, anchors);
        Span<int> labels = _labels.AsSpan(0, anchors);
        scores[..anchors].CopyTo(best);
        labels.Clear();
        for (int label = 1; label < classes; label++)
        {
            ReadOnlySpan<float> row = scores.Slice(label * anchors, anchors);
            for (int anchor = 0; anchor < anchors; anchor++)
            {
                if (row[anchor] > best[anchor])
                {
                    (best[anchor], labels[anchor]) = (row[anchor], label);
                }
                else if (float.IsNaN(row[anchor]))
                {
                    HasNaN = true;
                }
            }
        }

        for (int anchor = 0; anchor < anchors; anchor++)
        {
            if (best[anchor] > thresholds.Of(labels[anchor], classThresholds))
            {
                Add(best[anchor], (anchor * classes) + labels[anchor]);
            }
            else if (float.IsNaN(best[anchor]))
            {
                HasNaN = true;
            }
        }
    }
}
