namespace Graft.Runtime.Preprocessing;

/// <summary>Tables and rows of one resize step; tables are kept while the sizes stay the same.</summary>
internal sealed class ResizeBuffers
{
    private byte[] _narrow = [];
    private float[] _sums = [], _columns = [];
    private int[] _whole = [], _upper = [], _lower = [];

    public LinearTable LinearX { get; } = new();

    public LinearTable LinearY { get; } = new();

    public AreaTable AreaX { get; } = new();

    public AreaTable AreaY { get; } = new();

    /// <summary>Rows of 16 bits as 8 bits.</summary>
    public Span<byte> Narrow(int length) => PreprocessingBuffers.Take(ref _narrow, length);

    /// <summary>Weighted sums of a target row.</summary>
    public Span<float> Sums(int length) => PreprocessingBuffers.Take(ref _sums, length);

    /// <summary>A source row whose columns are summed.</summary>
    public Span<float> Columns(int length) => PreprocessingBuffers.Take(ref _columns, length);

    /// <summary>Whole sums of a block of rows.</summary>
    public Span<int> Whole(int length) => PreprocessingBuffers.Take(ref _whole, length);

    /// <summary>A source row at the target's width.</summary>
    public Span<int> Upper(int length) => PreprocessingBuffers.Take(ref _upper, length);

    /// <summary>Another source row at the target's width.</summary>
    public Span<int> Lower(int length) => PreprocessingBuffers.Take(ref _lower, length);
}
