using Graft.Detectors;
using Graft.Torch;

namespace Graft.Data;

/// <summary>Images of one step with their objects; valid until the next batch is taken.</summary>
public sealed class Batch
{
    private readonly byte[] _buffer;

    internal Batch(
        byte[] buffer, int width, int height, IReadOnlyList<DetectionImage> images, IReadOnlyList<Fitting> fittings, Targets targets)
    {
        _buffer = buffer;
        (Width, Height, Images, Fittings, Targets, Whole) = (width, height, images, fittings, targets, images.Count);
    }

    /// <summary>Width of the input.</summary>
    public int Width { get; }

    /// <summary>Height of the input.</summary>
    public int Height { get; }

    /// <summary>The images; in training, the first of each mosaic.</summary>
    public IReadOnlyList<DetectionImage> Images { get; }

    /// <summary>How each image was fitted into the input; undefined for a mosaic in training.</summary>
    public IReadOnlyList<Fitting> Fittings { get; }

    /// <summary>Ground-truth boxes in input pixels.</summary>
    public Targets Targets { get; }

    /// <summary>In training, the view of each image: where its features are known, its pixels are undefined.</summary>
    public IReadOnlyList<ViewOfImage> Views { get; internal init; } = [];

    /// <summary>Images of the batch over all processes; those of this one where it computes alone.</summary>
    public int Whole { get; internal init; }

    /// <summary>Place of the batch in the sequence, from 0.</summary>
    public int Number { get; internal init; }

    /// <summary>B×3×H×W bytes, RGB, C order.</summary>
    public ReadOnlySpan<byte> Pixels => _buffer.AsSpan(0, Images.Count * 3 * Width * Height);

    internal byte[] Buffer => _buffer;

    /// <summary>The pixels as a new tensor of bytes, B×3×H×W; it outlives the batch and belongs to the current scope or the
    /// caller.</summary>
    public Tensor ToTensor() => Tensor.From(Pixels, [Images.Count, 3, Height, Width]);

    /// <summary>The pixels of one image as a new tensor of bytes, 1×3×H×W; it belongs to the current scope or the caller.</summary>
    /// <param name="place">Index in the batch.</param>
    public Tensor ToTensor(int place)
    {
        int length = 3 * Width * Height;
        return Tensor.From(Pixels.Slice(place * length, length), [1, 3, Height, Width]);
    }

    /// <summary>The ground-truth boxes as rows (image, label, x1, y1, x2, y2), G×6.</summary>
    public float[] Rows() => [.. Targets.Boxes.SelectMany(row => new[] { row.Image, row.Label, row.X1, row.Y1, row.X2, row.Y2 })];
}
