namespace Graft.Runtime.Preprocessing;

/// <summary>Sizes of both resize steps, the padding, and the way back to the image.</summary>
/// <param name="ImageWidth">Columns of the image.</param>
/// <param name="ImageHeight">Rows of the image.</param>
/// <param name="FitWidth">Columns after the first step.</param>
/// <param name="FitHeight">Rows after the first step.</param>
/// <param name="InnerWidth">Columns after the second step.</param>
/// <param name="InnerHeight">Rows after the second step.</param>
/// <param name="Left">Columns of padding on the left.</param>
/// <param name="Top">Rows of padding above.</param>
/// <param name="Width">Columns of the input.</param>
/// <param name="Height">Rows of the input.</param>
internal readonly record struct FitPlan(
    int ImageWidth, int ImageHeight, int FitWidth, int FitHeight, int InnerWidth, int InnerHeight, int Left, int Top, int Width, int Height)
{
    /// <summary>Input pixels per image pixel, horizontally: x of the input = x of the image × ScaleX + Left.</summary>
    public double ScaleX => (double)InnerWidth / FitWidth * ((double)FitWidth / ImageWidth);

    /// <summary>Input pixels per image pixel, vertically.</summary>
    public double ScaleY => (double)InnerHeight / FitHeight * ((double)FitHeight / ImageHeight);

    /// <summary>Number of floats of the three planes.</summary>
    public int Length => 3 * Width * Height;
}
