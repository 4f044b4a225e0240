namespace Graft.Synthetic;

/// <summary>A drawn picture with everything that is known about it.</summary>
public sealed record SyntheticPicture
{
    /// <summary>Pixels on each side.</summary>
    public const int Size = Painting.Surface.Size;

    /// <summary>The pixels, Size × Size × 3 bytes, red first, row by row.</summary>
    public required byte[] Rgb { get; init; }

    /// <summary>The surface that was drawn.</summary>
    public required string Material { get; init; }

    /// <summary>The defects; no two boxes overlap by more than IoU 0.05.</summary>
    public required IReadOnlyList<SyntheticObject> Objects { get; init; }

    /// <summary>The number that the picture was drawn from; the same number and options give the same bytes.</summary>
    public required ulong Seed { get; init; }
}
