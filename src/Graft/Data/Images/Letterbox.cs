using Graft.Detectors;
using Graft.Torch.Images;

namespace Graft.Data;

/// <summary>Fits images of any size into the network's input: aspect ratio kept, the rest padded.</summary>
/// <remarks>
/// Two steps, as the originals do it: first the image is shrunk (area) or enlarged (bilinear) to the input, sizes truncated to whole
/// pixels; then it is centred and padded, after a second resize when the rounded size differs by a pixel.
/// </remarks>
public sealed record Letterbox
{
    /// <summary>Fits into a square.</summary>
    /// <param name="side">Side in pixels.</param>
    public Letterbox(int side)
        : this(side, side)
    {
    }

    /// <summary>Fits into a rectangle.</summary>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    public Letterbox(int width, int height) => (Width, Height) = (width, height);

    /// <summary>Width of the input in pixels.</summary>
    public int Width { get; }

    /// <summary>Height of the input in pixels.</summary>
    public int Height { get; }

    /// <summary>Whether to start with the aspect-preserving resize that truncates sizes; YOLOv10 does not.</summary>
    public bool FitFirst { get; init; } = true;

    /// <summary>Whether the padding step may enlarge: yes in training, no at test time.</summary>
    public bool ScaleUp { get; init; }

    /// <summary>Pad only up to multiples of this many pixels instead of the whole input; 0: pad all of it.</summary>
    public int Multiple { get; init; }

    /// <summary>Usual colour of what no image covers, in augmentation too.</summary>
    public static Colour Padding { get; } = Colour.Grey(114);

    /// <summary>Colour of the padding, BGR.</summary>
    public Colour Fill { get; init; } = Padding;

    /// <summary>Sizes and padding for an image.</summary>
    /// <param name="width">Width of the image.</param>
    /// <param name="height">Height of the image.</param>
    public LetterboxPlan Plan(int width, int height)
    {
        (int fitWidth, int fitHeight) = FitFirst ? Fit(width, height) : (width, height);
        double ratio = Math.Min((double)Height / fitHeight, (double)Width / fitWidth);
        ratio = ScaleUp ? ratio : Math.Min(ratio, 1);
        int innerWidth = Math.Max(1, (int)Math.Round(fitWidth * ratio));
        int innerHeight = Math.Max(1, (int)Math.Round(fitHeight * ratio));
        int padX = Width - innerWidth;
        int padY = Height - innerHeight;
        if (Multiple > 0)
        {
            (padX, padY) = (padX % Multiple, padY % Multiple);
        }

        // Half of the padding; an odd pixel goes to the right or lower edge.
        (int left, int top) = (padX / 2, padY / 2);
        double scaleX = (double)innerWidth / fitWidth * ((double)fitWidth / width);
        double scaleY = (double)innerHeight / fitHeight * ((double)fitHeight / height);
        return new LetterboxPlan(
            fitWidth,
            fitHeight,
            innerWidth,
            innerHeight,
            top,
            padY - top,
            left,
            padX - left,
            new Fitting(width, height, scaleX, scaleY, left, top));
    }

    /// <summary>The fitted image; the caller disposes it.</summary>
    public Image Apply(Image image, LetterboxPlan plan)
    {
        if ((plan.FitWidth, plan.FitHeight) == (image.Width, image.Height))
        {
            return Pad(image, plan);
        }

        using Image fitted = Shrink(image, plan.FitWidth, plan.FitHeight);
        return Pad(fitted, plan);
    }

    /// <summary>Loads a file and fits it; the caller disposes the image.</summary>
    /// <exception cref="GraftException">Of kind Data: missing or not an image.</exception>
    public (Image Input, Fitting Fitting) Load(string path)
    {
        using Image image = Image.Load(path);
        LetterboxPlan plan = Plan(image.Width, image.Height);
        return (Apply(image, plan), plan.Fitting);
    }

    /// <summary>The second step alone, for an image after <see cref="Shrink"/>.</summary>
    internal Image Pad(Image fitted, LetterboxPlan plan)
    {
        if ((plan.InnerWidth, plan.InnerHeight) == (fitted.Width, fitted.Height))
        {
            return fitted.WithBorder(plan.Top, plan.Bottom, plan.Left, plan.Right, Fill);
        }

        using Image inner = fitted.Resize(plan.InnerWidth, plan.InnerHeight, Interpolation.Linear);
        return inner.WithBorder(plan.Top, plan.Bottom, plan.Left, plan.Right, Fill);
    }

    /// <summary>The first step alone.</summary>
    internal static Image Shrink(Image image, int width, int height)
        => image.Resize(width, height, width < image.Width || height < image.Height ? Interpolation.Area : Interpolation.Linear);

    private (int Width, int Height) Fit(int width, int height)
    {
        double ratio = Math.Min(
            (double)Math.Max(Width, Height) / Math.Max(width, height), (double)Math.Min(Width, Height) / Math.Min(width, height));
        return (Math.Max(1, (int)(width * ratio)), Math.Max(1, (int)(height * ratio)));
    }
}
