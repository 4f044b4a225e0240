namespace Graft.Runtime.Preprocessing;

/// <summary>Interpolates between two columns and two rows in fixed point.</summary>
internal static class LinearResizer
{
    public static void Resize(in PixelView source, int width, int height, bool area, ResizeBuffers buffers, in RowTarget target)
    {
        int channels = PixelRows.Channels(source.Format), step = PixelRows.Step(source.Format);
        LinearTable columns = buffers.LinearX, rows = buffers.LinearY;
        columns.Fill(source.Width, width, area, columns: true);
        rows.Fill(source.Height, height, area, columns: false);
        Span<byte> narrow = buffers.Narrow(source.Width);
        Span<int> upper = buffers.Upper(width * channels), lower = buffers.Lower(width * channels);
        int upperRow = -1, lowerRow = -1;
        for (int y = 0; y < height; y++)
        {
            int near = rows.Near[y], far = rows.Far[y];
            if (near == lowerRow)
            {
                Span<int> swapped = upper;
                upper = lower;
                lower = swapped;
                upperRow = lowerRow;
                lowerRow = -1;
            }

            if (near != upperRow)
            {
                Interpolate(PixelRows.Read(source, near, narrow), columns, step, channels, upper);
                upperRow = near;
            }

            if (far != lowerRow && far != near)
            {
                Interpolate(PixelRows.Read(source, far, narrow), columns, step, channels, lower);
                lowerRow = far;
            }

            Span<byte> row = target.Begin(y);
            Blend(upper, far == near ? upper : lower, rows.NearWeight[y], rows.FarWeight[y], row);
            target.End(y);
        }
    }

    /// <summary>One source row at the target's width; OpenCV drops four of the eleven bits before it blends rows.</summary>
    private static void Interpolate(ReadOnlySpan<byte> row, LinearTable table, int step, int channels, Span<int> target)
    {
        int width = target.Length / channels;
        for (int x = 0; x < width; x++)
        {
            int near = table.Near[x] * step, far = table.Far[x] * step, nearWeight = table.NearWeight[x], farWeight = table.FarWeight[x];
            for (int channel = 0; channel < channels; channel++)
            {
                target[(x * channels) + channel] = ((row[near + channel] * nearWeight) + (row[far + channel] * farWeight)) >> 4;
            }
        }
    }

    private static void Blend(ReadOnlySpan<int> upper, ReadOnlySpan<int> lower, int upperWeight, int lowerWeight, Span<byte> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = (byte)((((upper[i] * upperWeight) >> 16) + ((lower[i] * lowerWeight) >> 16) + 2) >> 2);
        }
    }
}
