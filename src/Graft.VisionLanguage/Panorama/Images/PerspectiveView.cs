namespace Graft.VisionLanguage;

/// <summary>A perspective view of an equirectangular panorama, as from a pinhole camera at its centre.</summary>
/// <param name="YawDegrees">Direction to the right of the panorama's centre.</param>
/// <param name="PitchDegrees">Direction above the horizon.</param>
/// <param name="FovDegrees">Field of view, the same for both axes regardless of the aspect ratio.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
public sealed record PerspectiveView(double YawDegrees, double PitchDegrees, double FovDegrees, int Width, int Height)
{
    /// <summary>Where pixel (x, y) of the view lies in a panorama, in pixels with centres at whole numbers.</summary>
    /// <param name="x">Column of the view.</param>
    /// <param name="y">Row of the view.</param>
    /// <param name="panoramaWidth">Columns of the panorama.</param>
    /// <param name="panoramaHeight">Rows of the panorama.</param>
    public (double Column, double Row) Source(int x, int y, int panoramaWidth, int panoramaHeight)
        => new Camera(this).Source(x, y, panoramaWidth, panoramaHeight);

    /// <summary>Samples the view: bilinear, periodic across the ±180° seam, and continued over the poles on the opposite meridian.</summary>
    /// <returns>Height×Width×3 values in 0..255.</returns>
    public double[] Sample(RgbImage panorama)
    {
        ArgumentNullException.ThrowIfNull(panorama);
        double[] values = new double[3 * Width * Height];
        Camera camera = new(this);
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                (double column, double row) = camera.Source(x, y, panorama.Width, panorama.Height);
                int top = (int)Math.Floor(row);
                Span<double> pixel = values.AsSpan(3 * (y * Width + x), 3);
                AddRow(panorama, column, top, 1 - (row - top), pixel);
                AddRow(panorama, column, top + 1, row - top, pixel);
            }
        }

        return values;
    }

    /// <summary>Samples the view into 8 bits, halves rounded up.</summary>
    public RgbImage Render(RgbImage panorama)
        => new(Width, Height, [.. Sample(panorama).Select(value => (byte)Math.Clamp(Math.Floor(value + 0.5), 0, 255))]);

    private static void AddRow(RgbImage panorama, double column, int row, double share, Span<double> pixel)
    {
        if (share == 0)
        {
            return;
        }

        if (row < 0 || row >= panorama.Height)
        {
            row = row < 0 ? -1 - row : 2 * panorama.Height - 1 - row;
            column += panorama.Width / 2.0;
        }

        int left = (int)Math.Floor(column);
        double rightShare = column - left;
        AddPixel(panorama, left, row, share * (1 - rightShare), pixel);
        AddPixel(panorama, left + 1, row, share * rightShare, pixel);
    }

    private static void AddPixel(RgbImage panorama, int column, int row, double share, Span<double> pixel)
    {
        int wrapped = (column % panorama.Width + panorama.Width) % panorama.Width;
        ReadOnlySpan<byte> source = panorama.Pixels.AsSpan(3 * (row * panorama.Width + wrapped), 3);
        for (int channel = 0; channel < 3; channel++)
        {
            pixel[channel] += share * source[channel];
        }
    }

    /// <summary>The view with its sines and cosines, which are the same for all pixels.</summary>
    private readonly struct Camera(PerspectiveView view)
    {
        private readonly double _reach = Math.Tan(Radians(view.FovDegrees) / 2);
        private readonly (double Sin, double Cos) _yaw = Math.SinCos(Radians(view.YawDegrees));
        private readonly (double Sin, double Cos) _pitch = Math.SinCos(Radians(view.PitchDegrees));

        public (double Column, double Row) Source(int x, int y, int panoramaWidth, int panoramaHeight)
        {
            double right = view.Width == 1 ? 0 : _reach * (2.0 * x / (view.Width - 1) - 1);
            double above = view.Height == 1 ? 0 : _reach * (1 - 2.0 * y / (view.Height - 1));

            (double up, double ahead) = (above * _pitch.Cos + _pitch.Sin, _pitch.Cos - above * _pitch.Sin);   // turn up about the x axis
            (right, ahead) = (right * _yaw.Cos + ahead * _yaw.Sin, ahead * _yaw.Cos - right * _yaw.Sin);      // then right about the y axis
            double longitude = Math.Atan2(right, ahead), latitude = Math.Atan2(up, Math.Sqrt(right * right + ahead * ahead));
            return ((longitude / (2 * Math.PI) + 0.5) * panoramaWidth - 0.5, (0.5 - latitude / Math.PI) * panoramaHeight - 0.5);
        }

        private static double Radians(double degrees) => degrees * Math.PI / 180;
    }
}
