using Graft.Torch.Images;

namespace Graft.Synthetic;

/// <summary>A drawn image with its annotations.</summary>
public sealed record SyntheticImage
{
    /// <summary>Pixels on each side.</summary>
    public const int Size = Surface.Size;

    /// <summary>The pixels, Size × Size × 3 bytes, red first, row by row.</summary>
    public required byte[] Rgb { get; init; }

    /// <summary>The surface that was drawn.</summary>
    public required string Material { get; init; }

    /// <summary>The defects; no two boxes overlap by more than IoU 0.05.</summary>
    public required IReadOnlyList<SyntheticObject> Objects { get; init; }

    /// <summary>The number that the image was drawn from; the same number and options give the same bytes.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The same pixels as an image that can be drawn into and encoded (BGR).</summary>
    public Image ToImage()
    {
        Image image = new(Size, Size, default);
        for (int y = 0; y < Size; y++)
        {
            ReadOnlySpan<byte> source = Rgb.AsSpan(y * Size * 3, Size * 3);
            Span<byte> target = image.Row(y);
            for (int i = 0; i < target.Length; i += 3)
            {
                (target[i], target[i + 1], target[i + 2]) = (source[i + 2], source[i + 1], source[i]);
            }
        }

        return image;
    }
}
