using Graft.Data;
using Graft.Detection;
using Graft.Torch;
using Graft.Torch.Images;

namespace Graft.Runs;

/// <summary>Finds boxes in single pictures; memory stays flat however many there are.</summary>
/// <param name="detector">In evaluation mode.</param>
/// <param name="imgsz">Side of the input in pixels.</param>
/// <param name="options">Thresholds of the final boxes.</param>
public sealed class Predictor(IDetector detector, int imgsz, PostProcessOptions options)
{
    private readonly Letterbox _letterbox = new(imgsz);
    private readonly byte[] _pixels = new byte[3 * imgsz * imgsz];

    /// <summary>Boxes of one picture (BGR), best first, in its own pixels.</summary>
    public Detection.Detection[] Detect(Image picture)
    {
        LetterboxPlan plan = _letterbox.Plan(picture.Width, picture.Height);
        using (Image input = _letterbox.Apply(picture, plan))
        {
            input.CopyPlanes(_pixels, swap: true);
        }

        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        Tensor image = PixelBatch.Normalise(Tensor.From(_pixels, 1, 3, imgsz, imgsz));
        return detector.Detect(image, [plan.Fitting], options)[0];
    }
}
