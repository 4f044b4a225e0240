using Graft.Runtime.Preprocessing;
using Graft.Torch.Images;

namespace Graft.Runtime.Tests.Preprocessing;

/// <summary>Images of random bytes, and the same pixels as OpenCV holds them.</summary>
internal static class RandomImages
{
    /// <summary>Noise, flat areas or gradients: rounding differs between them.</summary>
    internal static byte[] Bytes(Random random, int width, int height, int channels)
    {
        byte[] bytes = new byte[width * height * channels];
        switch (random.Next(4))
        {
            case 0:
                bytes.AsSpan().Fill((byte)random.Next(256));
                break;
            case 1:
                int slope = random.Next(1, 9);
                for (int i = 0; i < bytes.Length; i++)
                {
                    bytes[i] = (byte)((i % (width * channels) / slope) + (i / (width * channels)));
                }

                break;
            case 2:
                random.NextBytes(bytes);
                for (int i = 0; i < bytes.Length; i++)
                {
                    bytes[i] = (byte)(bytes[i] < 128 ? 0 : 255);
                }

                break;
            default:
                random.NextBytes(bytes);
                break;
        }

        return bytes;
    }

    internal static Image Native(ReadOnlySpan<byte> bytes, int width, int height, int channels)
    {
        Image image = new(width, height, Colour.Grey(0), channels);
        for (int y = 0; y < height; y++)
        {
            bytes.Slice(y * width * channels, width * channels).CopyTo(image.Row(y));
        }

        return image;
    }

    internal static PixelView View(ReadOnlySpan<byte> bytes, int width, int height, int channels)
        => new(bytes, width, height, width * channels, channels == 1 ? PixelFormat.Mono8 : PixelFormat.Bgr8);

    /// <summary>The pixels of an image, each row one channel after the other.</summary>
    internal static byte[] ChannelByChannel(Image image)
    {
        byte[] result = new byte[image.Width * image.Height * image.Channels];
        for (int y = 0; y < image.Height; y++)
        {
            Span<byte> row = image.Row(y), target = result.AsSpan(y * row.Length, row.Length);
            for (int channel = 0, to = 0; channel < image.Channels; channel++)
            {
                for (int from = channel; from < row.Length; from += image.Channels)
                {
                    target[to++] = row[from];
                }
            }
        }

        return result;
    }
}
