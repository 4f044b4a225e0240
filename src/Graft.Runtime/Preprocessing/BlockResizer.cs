namespace Graft.Runtime.Preprocessing;

/// <summary>Averages over blocks of whole pixels.</summary>
internal static class BlockResizer
{
    public static void Resize(
        in PixelView source, int width, int height, int blockWidth, int blockHeight, ResizeBuffers buffers, in RowTarget target)
    {
        int channels = PixelRows.Channels(source.Format), step = PixelRows.Step(source.Format);
        Span<byte> narrow = buffers.Narrow(source.Width);
        Span<int> sums = buffers.Whole(source.Width * step);
        float share = 1f / (blockWidth * blockHeight);
        bool isHalf = (blockWidth, blockHeight) == (2, 2);
        for (int y = 0; y < height; y++)
        {
            sums.Clear();
            for (int i = 0; i < blockHeight; i++)
            {
                ReadOnlySpan<byte> one = PixelRows.Read(source, (y * blockHeight) + i, narrow);
                for (int x = 0; x < sums.Length; x++)
                {
                    sums[x] += one[x];
                }
            }

            Span<byte> row = target.Begin(y);
            for (int x = 0; x < width; x++)
            {
                for (int channel = 0; channel < channels; channel++)
                {
                    int sum = 0;
                    for (int i = 0; i < blockWidth; i++)
                    {
                        sum += sums[(((x * blockWidth) + i) * step) + channel];
                    }

                    // Halves of a 2×2 block round up; other blocks round to even.
                    row[(x * channels) + channel] = isHalf ? (byte)((sum + 2) >> 2) : (byte)MathF.Round(sum * share);
                }
            }

            target.End(y);
        }
    }
}
