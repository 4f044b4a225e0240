using Graft.Detectors;

namespace Graft.Data;

/// <summary>How one image is fitted into the input.</summary>
/// <param name="FitWidth">Width after the first resize.</param>
/// <param name="FitHeight">Height after the first resize.</param>
/// <param name="InnerWidth">Width of the image inside the padding.</param>
/// <param name="InnerHeight">Height of the image inside the padding.</param>
/// <param name="Top">Rows of padding above.</param>
/// <param name="Bottom">Rows of padding below.</param>
/// <param name="Left">Columns of padding on the left.</param>
/// <param name="Right">Columns of padding on the right.</param>
/// <param name="Fitting">Maps boxes back to the image.</param>
public readonly record struct LetterboxPlan(
    int FitWidth, int FitHeight, int InnerWidth, int InnerHeight, int Top, int Bottom, int Left, int Right, Fitting Fitting)
{
    /// <summary>Width of the input.</summary>
    public int Width => InnerWidth + Left + Right;

    /// <summary>Height of the input.</summary>
    public int Height => InnerHeight + Top + Bottom;

    /// <summary>A box of the image in input pixels.</summary>
    public Box ToInput(Box box) => box.Map(Fitting.ScaleX, Fitting.ScaleY, Fitting.Left, Fitting.Top);
}
