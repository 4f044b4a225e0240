using Graft.Data;
using Graft.Detectors;
using Graft.Torch;
using Graft.Torch.Images;

namespace Graft.Runs;

/// <summary>Detects in one image after the other with constant memory; not thread-safe.</summary>
/// <param name="detector">In evaluation mode.</param>
/// <param name="imgsz">Side of the input in pixels, a multiple of 32.</param>
/// <param name="options">Thresholds.</param>
public sealed class Predictor(IDetector detector, int imgsz, PostProcessOptions options)
{
    private readonly Letterbox _letterbox = Fitted(detector, Checked(imgsz));
    private readonly byte[] _pixels = new byte[3 * imgsz * imgsz];

    /// <summary>The letterbox of a detector's input.</summary>
    public static Letterbox Fitted(IDetector detector, int imgsz)
    {
        ArgumentNullException.ThrowIfNull(detector);
        InputFit fit = detector.InputFit;
        return new(imgsz) { FitFirst = fit.FitFirst, ScaleUp = fit.ScaleUp, Multiple = fit.Multiple };
    }

    private static int Checked(int imgsz) => imgsz > 0 && ImageSize.Fits(imgsz) ? imgsz
        : throw new GraftException(Failure.Usage, $"imgsz is {imgsz}, expected a positive multiple of 32.");

    /// <summary>Detections of one image (BGR), best first, in pixels of the image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="thresholds">Other thresholds for this image; null: those of the predictor.</param>
    public Detection[] Detect(Image image, PostProcessOptions? thresholds = null)
    {
        LetterboxPlan plan = _letterbox.Plan(image.Width, image.Height);
        int width, height;
        using (Image input = _letterbox.Apply(image, plan))
        {
            (width, height) = (input.Width, input.Height);
            input.CopyPlanes(_pixels.AsSpan(0, 3 * width * height), swap: true);
        }

        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        Tensor batch = PixelBatch.Normalise(Tensor.From<byte>(_pixels.AsSpan(0, 3 * width * height), [1, 3, height, width]));
        return detector.Detect(batch, [plan.Fitting], thresholds ?? options)[0];
    }
}
