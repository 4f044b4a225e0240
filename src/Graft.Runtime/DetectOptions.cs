namespace Graft.Runtime;

/// <summary>A rectangle of whole pixels inside an image.</summary>
/// <param name="X">Left column.</param>
/// <param name="Y">Upper row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
public readonly record struct PixelRegion(int X, int Y, int Width, int Height);

/// <summary>Settings of one call.</summary>
public sealed record DetectOptions
{
    /// <summary>Boxes must score higher than this, whatever their class; null: the detector's thresholds.</summary>
    public double? ScoreThreshold { get; init; }

    /// <summary>A box is dropped when it overlaps a better one of its class by more than this IoU; null: the detector's.</summary>
    public double? IouThreshold { get; init; }

    /// <summary>Best boxes kept per image; null: the detector's.</summary>
    public int? MaxPerImage { get; init; }

    /// <summary>The part of the image that is looked at; null: all. Boxes stay in pixels of the whole image.</summary>
    public PixelRegion? Region { get; init; }

    /// <summary>Looks at a large image tile by tile; null: at once.</summary>
    public TileOptions? Tiles { get; init; }

    /// <summary>Gray value that becomes black; for <see cref="PixelFormat.Mono16"/>.</summary>
    public ushort Low { get; init; }

    /// <summary>Gray value that becomes white; for <see cref="PixelFormat.Mono16"/>.</summary>
    public ushort High { get; init; } = ushort.MaxValue;

    /// <summary>The adapter of this call; null: the one of <see cref="OnnxDetector.Use"/>, if any.</summary>
    public OnnxAdapter? Adapter { get; init; }
}

/// <summary>Tiles with overlap. A detection that several tiles see is reported once; one that a border cuts is joined.</summary>
public sealed record TileOptions
{
    /// <summary>Columns of a tile in image pixels; 0: as many as the network's input has.</summary>
    public int Width { get; init; }

    /// <summary>Rows of a tile in image pixels; 0: as many as the network's input has.</summary>
    public int Height { get; init; }

    /// <summary>Share of a tile that its neighbour also covers, 0..0.9. Objects up to this size are seen whole by a tile.</summary>
    public double Overlap { get; init; } = 0.2;

    /// <summary>Whether to look at the whole image too, for objects larger than a tile.</summary>
    public bool WholeImage { get; init; }

    /// <summary>Boxes of two tiles are one object when, inside the area that both tiles cover, their IoU exceeds this.</summary>
    public double JoinIou { get; init; } = 0.5;
}
