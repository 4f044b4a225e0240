namespace Graft.Runtime.Preprocessing;

/// <summary>Fits images of any size into the network's input, the same bits as at training: aspect ratio kept, the rest padded.</summary>
/// <param name="options">Steps and padding.</param>
/// <param name="width">Width of the input in pixels.</param>
/// <param name="height">Height of the input in pixels.</param>
/// <remarks>
/// Two steps: first the image is shrunk (area) or enlarged (bilinear) to the input, sizes truncated to whole pixels; then it is centred and
/// padded, after a second, bilinear resize when the rounded size differs.
/// </remarks>
internal sealed class Letterbox(LetterboxOptions options, int width, int height)
{
    /// <summary>Sizes and padding for an image.</summary>
    /// <param name="imageWidth">Columns of the image.</param>
    /// <param name="imageHeight">Rows of the image.</param>
    public FitPlan Plan(int imageWidth, int imageHeight)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(imageWidth);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(imageHeight);
        (int fitWidth, int fitHeight) = options.FitFirst ? Fit(imageWidth, imageHeight) : (imageWidth, imageHeight);
        double ratio = Math.Min((double)height / fitHeight, (double)width / fitWidth);
        ratio = options.ScaleUp ? ratio : Math.Min(ratio, 1);
        int innerWidth = Math.Max(1, (int)Math.Round(fitWidth * ratio)), innerHeight = Math.Max(1, (int)Math.Round(fitHeight * ratio));
        int padX = width - innerWidth, padY = height - innerHeight;
        if (options.Multiple > 0)
        {
            (padX, padY) = (padX % options.Multiple, padY % options.Multiple);
        }

        // Half of the padding; an odd pixel goes to the right or lower edge.
        return new FitPlan(
            imageWidth, imageHeight, fitWidth, fitHeight, innerWidth, innerHeight, padX / 2, padY / 2, innerWidth + padX,
            innerHeight + padY);
    }

    /// <summary>Resizes, pads and converts an image to the network's input.</summary>
    /// <param name="image">The image.</param>
    /// <param name="plan">The plan for the image's size.</param>
    /// <param name="planes">3×H×W, RGB, 0..1; every element is written.</param>
    /// <param name="buffers">Scratch memory that no other thread uses meanwhile.</param>
    public void Write(in PixelView image, in FitPlan plan, Span<float> planes, PreprocessingBuffers buffers)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(image.Width, plan.ImageWidth);
        ArgumentOutOfRangeException.ThrowIfNotEqual(image.Height, plan.ImageHeight);
        ArgumentOutOfRangeException.ThrowIfNotEqual(planes.Length, plan.Length);
        PlaneWriter.FillPadding(planes, plan, options.Padding);
        RowSource source = new(image);
        bool isRgb = RowSource.IsRgb(image.Format);
        RowTarget target = new(planes, plan, buffers.Row(plan.InnerWidth * source.Channels), isRgb);
        if ((plan.FitWidth, plan.FitHeight) == (image.Width, image.Height))
        {
            WriteInner(source, plan, target, buffers);
            return;
        }

        bool shrinks = plan.FitWidth < image.Width || plan.FitHeight < image.Height;
        if ((plan.InnerWidth, plan.InnerHeight) == (plan.FitWidth, plan.FitHeight))
        {
            Resizer.Resize(source, plan.FitWidth, plan.FitHeight, shrinks, buffers.First, target);
            return;
        }

        int rowBytes = plan.FitWidth * source.Channels;
        Span<byte> between = buffers.Image(rowBytes * plan.FitHeight);
        Resizer.Resize(source, plan.FitWidth, plan.FitHeight, shrinks, buffers.First, new RowTarget(between, rowBytes));
        WriteInner(new RowSource(between, plan.FitWidth, plan.FitHeight, source.Channels), plan, target, buffers);
    }

    /// <summary>The second step.</summary>
    private static void WriteInner(in RowSource fitted, in FitPlan plan, in RowTarget target, PreprocessingBuffers buffers)
    {
        if ((plan.InnerWidth, plan.InnerHeight) != (fitted.Width, fitted.Height))
        {
            Resizer.Resize(fitted, plan.InnerWidth, plan.InnerHeight, area: false, buffers.Second, target);
            return;
        }

        Span<byte> narrow = buffers.Narrow(fitted.ScratchLength(1));
        for (int y = 0; y < fitted.Height; y++)
        {
            ReadOnlySpan<byte> row = fitted.Read(y, narrow);
            if (fitted.Step == 1)
            {
                row.CopyTo(target.Begin(y));
            }
            else
            {
                ChannelSplit.Apply(row, fitted.Step, target.Begin(y));
            }

            target.End(y);
        }
    }

    private (int Width, int Height) Fit(int imageWidth, int imageHeight)
    {
        double ratio = Math.Min(
            (double)Math.Max(width, height) / Math.Max(imageWidth, imageHeight),
            (double)Math.Min(width, height) / Math.Min(imageWidth, imageHeight));
        return (Math.Max(1, (int)(imageWidth * ratio)), Math.Max(1, (int)(imageHeight * ratio)));
    }
}
