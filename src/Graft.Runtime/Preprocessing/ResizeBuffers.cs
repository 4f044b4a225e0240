namespace Graft.Runtime.Preprocessing;

/// <summary>Tables and rows of one resize step; tables are kept while the sizes stay the same.</summary>
internal sealed class ResizeBuffers
{
    private byte[] _narrow = [], _mixed = [];
    private float[] _sums = [], _columns = [];
    private int[] _wholes = [], _upper = [], _lower = [];
    private ushort[] _shorts = [];

    public LinearTable LinearX { get; } = new();

    public LinearTable LinearY { get; } = new();

    public AreaTable AreaX { get; } = new();

    public AreaTable AreaY { get; } = new();

    /// <summary>Rows of 16 bits as 8 bits.</summary>
    public Span<byte> Narrow(int length) => PreprocessingBuffers.Take(ref _narrow, length);

    /// <summary>Source rows whose channels, or each other's columns, are put into another order.</summary>
    public Span<byte> Mixed(int length) => PreprocessingBuffers.Take(ref _mixed, length);

    /// <summary>Weighted sums of a target row.</summary>
    public Span<float> Sums(int length) => PreprocessingBuffers.Take(ref _sums, length);

    /// <summary>Source rows whose columns are summed.</summary>
    public Span<float> Columns(int length) => PreprocessingBuffers.Take(ref _columns, length);

    /// <summary>Sums of a few rows.</summary>
    public Span<ushort> Shorts(int length) => PreprocessingBuffers.Take(ref _shorts, length);

    /// <summary>Sums of many rows.</summary>
    public Span<int> Wholes(int length) => PreprocessingBuffers.Take(ref _wholes, length);

    /// <summary>A source row at the target's width.</summary>
    public Span<int> Upper(int length) => PreprocessingBuffers.Take(ref _upper, length);

    /// <summary>Another source row at the target's width.</summary>
    public Span<int> Lower(int length) => PreprocessingBuffers.Take(ref _lower, length);
}
