namespace Graft.Runtime.Preprocessing;

/// <summary>Averages over areas with fractions of pixels, in floats that are added in OpenCV's order.</summary>
internal static class AreaResizer
{
    public static void Resize(in PixelView source, int width, int height, ResizeBuffers buffers, in RowTarget target)
    {
        int channels = PixelRows.Channels(source.Format), step = PixelRows.Step(source.Format);
        AreaTable columns = buffers.AreaX, rows = buffers.AreaY;
        columns.Fill(source.Width, width);
        rows.Fill(source.Height, height);
        Span<byte> narrow = buffers.Narrow(source.Width);
        Span<float> one = buffers.Columns(width * channels), sums = buffers.Sums(width * channels);
        int ready = -1;
        for (int y = 0; y < height; y++)
        {
            sums.Clear();
            for (int i = rows.Start[y]; i < rows.Start[y + 1]; i++)
            {
                int from = rows.First[y] + i - rows.Start[y];
                if (from != ready)
                {
                    SumColumns(PixelRows.Read(source, from, narrow), columns, step, channels, one);
                    ready = from;
                }

                float weight = rows.Weights[i];
                for (int x = 0; x < sums.Length; x++)
                {
                    sums[x] += weight * one[x];
                }
            }

            Span<byte> row = target.Begin(y);
            for (int x = 0; x < sums.Length; x++)
            {
                row[x] = (byte)Math.Clamp(MathF.Round(sums[x]), 0, 255);
            }

            target.End(y);
        }
    }

    private static void SumColumns(ReadOnlySpan<byte> row, AreaTable table, int step, int channels, Span<float> target)
    {
        int width = target.Length / channels;
        for (int x = 0; x < width; x++)
        {
            ReadOnlySpan<float> weights = table.Weights[table.Start[x]..table.Start[x + 1]];
            for (int channel = 0; channel < channels; channel++)
            {
                float sum = 0;
                for (int i = 0; i < weights.Length; i++)
                {
                    sum += row[((table.First[x] + i) * step) + channel] * weights[i];
                }

                target[(x * channels) + channel] = sum;
            }
        }
    }
}
