using Graft.Torch.Images;

namespace Graft.Benchmarks;

/// <summary>An image of a camera in memory, for both engines: noise on a gradient.</summary>
internal sealed class Frame : IDisposable
{
    internal const int Width = 1280, Height = 960, Channels = 3;
    private const int Levels = 256, Noise = 32;

    internal Frame()
    {
        Random random = new(1);
        for (int y = 0; y < Height; y++)
        {
            Span<byte> row = Pixels.AsSpan(y * Width * Channels, Width * Channels);
            for (int x = 0; x < row.Length; x++)
            {
                row[x] = (byte)((((x / Channels) + y) * (Levels - Noise) / (Width + Height)) + random.Next(Noise));
            }

            row.CopyTo(Image.Row(y));
        }
    }

    /// <summary>Rows of BGR pixels without gaps.</summary>
    internal byte[] Pixels { get; } = new byte[Width * Height * Channels];

    /// <summary>The same pixels as an image of OpenCV.</summary>
    internal Image Image { get; } = new(Width, Height, Colour.Grey(0));

    /// <inheritdoc/>
    public void Dispose() => Image.Dispose();
}
