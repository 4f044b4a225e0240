using System.Numerics;

namespace Graft.Runtime.Postprocessing;

/// <summary>Non-maximum suppression with the arithmetic of training: boxes come best first, each is kept or dropped. Its memory is reused.</summary>
internal sealed class Suppression
{
    private float[] _left = [], _top = [], _right = [], _bottom = [], _area = [];
    private int[] _groups = [];
    private int _limit;

    /// <summary>Number of boxes kept.</summary>
    public int Count { get; private set; }

    /// <summary>Whether no further box can be kept.</summary>
    public bool IsFull => Count >= _limit;

    /// <summary>Starts with nothing kept.</summary>
    /// <param name="limit">Largest number of boxes kept.</param>
    public void Clear(int limit)
    {
        Count = 0;
        _limit = limit;
    }

    /// <summary>A box that was kept.</summary>
    public Box this[int position] => new(_left[position], _top[position], _right[position], _bottom[position]);

    /// <summary>Keeps a box unless a kept one of its group overlaps it too much.</summary>
    /// <param name="box">Corners.</param>
    /// <param name="group">Only boxes of one group suppress each other; 0 or more.</param>
    /// <param name="threshold">Largest IoU.</param>
    /// <returns>Whether it was kept.</returns>
    public bool TryKeep(Box box, int group, float threshold)
    {
        float area = (box.X2 - box.X1) * (box.Y2 - box.Y1);
        if (IsFull || IsSuppressed(box, area, group, threshold))
        {
            return false;
        }

        if (Count == _left.Length)
        {
            Grow();
        }

        (_left[Count], _top[Count], _right[Count], _bottom[Count]) = (box.X1, box.Y1, box.X2, box.Y2);
        (_area[Count], _groups[Count]) = (area, group);
        Count++;
        return true;
    }

    private bool IsSuppressed(Box box, float area, int group, float threshold)
    {
        Vector<float> left = new(box.X1), top = new(box.Y1), right = new(box.X2), bottom = new(box.Y2), own = new(area), limit = new(threshold);
        Vector<int> groups = new(group), lanes = Lanes;
        for (int i = 0; i < Count; i += Vector<float>.Count)
        {
            Vector<int> same = Vector.Equals(groups, new Vector<int>(_groups, i)) & Vector.LessThan(lanes, new Vector<int>(Count - i));
            if (same == Vector<int>.Zero)
            {
                continue;
            }

            Vector<float> width = Vector.Min(right, new Vector<float>(_right, i)) - Vector.Max(left, new Vector<float>(_left, i));
            Vector<float> height = Vector.Min(bottom, new Vector<float>(_bottom, i)) - Vector.Max(top, new Vector<float>(_top, i));
            Vector<float> overlap = width * height;
            Vector<int> hit = same & Vector.GreaterThan(width, Vector<float>.Zero) & Vector.GreaterThan(height, Vector<float>.Zero)
                & Vector.GreaterThan(overlap / (own + new Vector<float>(_area, i) - overlap), limit);
            if (hit != Vector<int>.Zero)
            {
                return true;
            }
        }

        return false;
    }

    private static Vector<int> Lanes { get; } = MakeLanes();

    private static Vector<int> MakeLanes()
    {
        int[] lanes = new int[Vector<int>.Count];
        for (int i = 0; i < lanes.Length; i++)
        {
            lanes[i] = i;
        }

        return new Vector<int>(lanes);
    }

    private void Grow()
    {
        // Lengths are multiples of every vector's, so that the last vector can be read whole.
        int length = Math.Max(64, 2 * _left.Length);
        Array.Resize(ref _left, length);
        Array.Resize(ref _top, length);
        Array.Resize(ref _right, length);
        Array.Resize(ref _bottom, length);
        Array.Resize(ref _area, length);
        Array.Resize(ref _groups, length);
    }
}
