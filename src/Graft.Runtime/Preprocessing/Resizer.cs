namespace Graft.Runtime.Preprocessing;

/// <summary>Resizes 8-bit images to the same bytes as OpenCV 4.6.</summary>
/// <remarks>
/// OpenCV averages over whole blocks when both factors are whole numbers, over weighted areas when both sizes shrink, and interpolates
/// between two pixels of each direction otherwise. A bilinear resize by exactly two averages over blocks.
/// </remarks>
internal static class Resizer
{
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>Resizes; a row of the result holds one channel after the other.</summary>
    /// <param name="source">The image.</param>
    /// <param name="width">Columns of the result; another size than the image's.</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="area">Whether to average over areas instead of interpolating.</param>
    /// <param name="buffers">Scratch memory.</param>
    /// <param name="target">Where rows go.</param>
    public static void Resize(in RowSource source, int width, int height, bool area, ResizeBuffers buffers, in RowTarget target)
    {
        double scaleX = 1 / ((double)width / source.Width), scaleY = 1 / ((double)height / source.Height);
        int wholeX = (int)Math.Round(scaleX), wholeY = (int)Math.Round(scaleY);
        bool isWhole = Math.Abs(scaleX - wholeX) < Epsilon && Math.Abs(scaleY - wholeY) < Epsilon;
        if (isWhole && (wholeX, wholeY) == (2, 2))
        {
            area = true;
        }

        if (!area || scaleX < 1 || scaleY < 1)
        {
            LinearResizer.Resize(source, width, height, area, buffers, target);
        }
        else if (isWhole)
        {
            BlockResizer.Resize(source, height, wholeX, wholeY, buffers, target);
        }
        else
        {
            AreaResizer.Resize(source, width, height, buffers, target);
        }
    }
}
