using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using Graft.Torch.Images;

namespace Graft.Checks;

/// <summary>What is kept of a decoded image to find copies of it, about 4 KB.</summary>
/// <param name="Pixels">Hash of size and pixels.</param>
/// <param name="Gradients">64 bits: whether grey values fall from left to right, on a grid of 8 × 8.</param>
/// <param name="Thumbnail">Grey values of 64 × 64 cells.</param>
/// <param name="Aspect">Width divided by height.</param>
internal sealed record ImageFingerprint(UInt128 Pixels, ulong Gradients, byte[] Thumbnail, double Aspect)
{
    private const int Side = 64;
    private const int Grid = 8;

    // Without contrast all images of one material look alike.
    private const double LeastDeviation = 2;

    private const double AspectTolerance = 0.02;
    private const double LargestGain = 1.5;

    /// <summary>How far the grey values of two images may be apart, after equal mean and deviation.</summary>
    private readonly record struct Limits(double Largest, double Mean, double Correlation);

    // Encoding again, resizing and brightening keep the cells this close (measured: 7 levels at JPEG quality 30; two boards or tiles are 30
    // apart). A small or faint defect on the same part changes a cell less than that, so equal boxes must speak for the pair, or nearly
    // equal pixels.
    private static readonly Limits SameBoxes = new(12, 1.5, 0.95);
    private static readonly Limits OtherBoxes = new(5, 1, 0.99);

    private readonly (double Mean, double Deviation) _levels = Levels(Thumbnail);

    /// <summary>Largest number of <see cref="Gradients"/> that differ between images that are almost equal.</summary>
    internal const int MaxBits = 7;

    /// <summary>The fingerprint of an image.</summary>
    internal static ImageFingerprint Of(Image image)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> size = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(size, image.Width);
        BinaryPrimitives.WriteInt32LittleEndian(size[4..], image.Height);
        hash.AppendData(size);
        for (int y = 0; y < image.Height; y++)
        {
            hash.AppendData(image.Row(y));
        }

        using Image grey = image.Channels == 1 ? image.Copy() : image.ToGrey();
        using Image thumbnail = grey.Resize(Side, Side, Math.Min(grey.Width, grey.Height) < Side ? Interpolation.Linear : Interpolation.Area);
        byte[] cells = new byte[Side * Side];
        for (int y = 0; y < Side; y++)
        {
            thumbnail.Row(y).CopyTo(cells.AsSpan(y * Side));
        }

        return new ImageFingerprint(
            BinaryPrimitives.ReadUInt128LittleEndian(hash.GetHashAndReset()), GradientsOf(cells), cells, (double)image.Width / image.Height);
    }

    /// <summary>Whether two images may be the same, by their gradients and shape; quick.</summary>
    internal bool MayBeNear(ImageFingerprint other) => BitOperations.PopCount(Gradients ^ other.Gradients) <= MaxBits
        && Math.Abs((Aspect / other.Aspect) - 1) <= AspectTolerance && Math.Min(_levels.Deviation, other._levels.Deviation) >= LeastDeviation;

    /// <summary>Whether two images that <see cref="MayBeNear"/> are the same but for encoding, size, brightness and contrast.</summary>
    /// <param name="other">The other image.</param>
    /// <param name="sameBoxes">Whether both have the same boxes, at least one.</param>
    internal bool IsNear(ImageFingerprint other, bool sameBoxes)
    {
        Limits limits = sameBoxes ? SameBoxes : OtherBoxes;

        // The other image, scaled to the mean and deviation of this one.
        double gain = _levels.Deviation / other._levels.Deviation, sum = 0, product = 0;
        if (Math.Max(gain, 1 / gain) > LargestGain)
        {
            return false;
        }

        for (int i = 0; i < Thumbnail.Length; i++)
        {
            double mine = Thumbnail[i] - _levels.Mean, theirs = (other.Thumbnail[i] - other._levels.Mean) * gain;
            double difference = Math.Abs(mine - theirs);
            if (difference > limits.Largest)
            {
                return false;
            }

            sum += difference;
            product += mine * theirs;
        }

        return sum <= limits.Mean * Thumbnail.Length
            && product >= limits.Correlation * Thumbnail.Length * _levels.Deviation * _levels.Deviation;
    }

    /// <summary>Whether grey values fall from one window to the next, in 8 rows of 9 windows; sums, since rounded means would often be equal.</summary>
    private static ulong GradientsOf(byte[] cells)
    {
        ulong bits = 0;
        for (int y = 0; y < Grid; y++)
        {
            for (int x = 0; x < Grid; x++)
            {
                bits = (bits << 1) | (Window(cells, x, y) > Window(cells, x + 1, y) ? 1UL : 0);
            }
        }

        return bits;
    }

    private static int Window(byte[] cells, int x, int y)
    {
        int sum = 0;
        for (int row = 0; row < Grid; row++)
        {
            foreach (byte cell in cells.AsSpan((((y * Grid) + row) * Side) + (x * (Grid - 1)), Grid))
            {
                sum += cell;
            }
        }

        return sum;
    }

    private static (double Mean, double Deviation) Levels(byte[] cells)
    {
        double mean = cells.Average(cell => (double)cell);
        return (mean, Math.Sqrt(cells.Average(cell => (cell - mean) * (cell - mean))));
    }
}
