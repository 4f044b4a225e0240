namespace Graft.Runtime.Preprocessing;

/// <summary>Where resized rows go: an image in memory, or the planes of the input. Rows hold one channel after the other.</summary>
internal readonly ref struct RowTarget
{
    private readonly Span<byte> _bytes;
    private readonly Span<float> _planes;
    private readonly FitPlan _plan;
    private readonly int _rowBytes;
    private readonly bool _isRgb;

    /// <summary>Rows are kept as they are.</summary>
    /// <param name="image">Memory of all rows.</param>
    /// <param name="rowBytes">Bytes of a row.</param>
    public RowTarget(Span<byte> image, int rowBytes)
    {
        _bytes = image;
        _rowBytes = rowBytes;
    }

    /// <summary>Rows are written to the planes.</summary>
    /// <param name="planes">3×H×W.</param>
    /// <param name="plan">Place of the image in the input.</param>
    /// <param name="row">Memory of one row.</param>
    /// <param name="isRgb">Whether red is the first of three channels.</param>
    public RowTarget(Span<float> planes, in FitPlan plan, Span<byte> row, bool isRgb)
    {
        _planes = planes;
        _plan = plan;
        _bytes = row;
        _isRgb = isRgb;
    }

    /// <summary>Memory of a row, to be filled.</summary>
    public Span<byte> Begin(int y) => _planes.IsEmpty ? _bytes.Slice(y * _rowBytes, _rowBytes) : _bytes;

    /// <summary>Finishes the row that <see cref="Begin"/> returned.</summary>
    public void End(int y)
    {
        if (!_planes.IsEmpty)
        {
            PlaneWriter.WriteRow(_bytes, _isRgb, _planes, _plan, y);
        }
    }
}
