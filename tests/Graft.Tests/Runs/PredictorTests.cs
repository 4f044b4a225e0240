using Graft.Data;
using Graft.Detectors;
using Graft.Files;
using Graft.Models.YoloV10;
using Graft.Runs;
using Graft.Tests.Models;
using Graft.Tests.Models.YoloV10;
using Graft.Torch.Images;

namespace Graft.Tests.Runs;

public class PredictorTests
{
    // The original undoes the fitting with one ratio and a re-rounded padding, up to a pixel off;
    // Graft inverts the fitting exactly (the square image 2 needs neither and agrees to 0.02).
    private static readonly double[] Pixels = [1.1, 1.1, 2e-2];

    [SharedTheory, InlineData(0), InlineData(1), InlineData(2)]
    public void YoloV10Detections_MatchTheOriginal(int number)
    {
        using WeightFile golden = WeightFile.Open(Golden.PathOf("yolov10", "e2e", "predict.npz"));
        using YoloV10Detector detector = YoloV10Tests.Detector("yolov10n_128");
        using Image image = ImageOf(golden[$"image.{number}"]);

        Letterbox letterbox = Predictor.Fitted(detector, 160);
        using (Image input = letterbox.Apply(image, letterbox.Plan(image.Width, image.Height)))
        {
            byte[] planes = new byte[3 * input.Width * input.Height];
            input.CopyPlanes(planes, swap: true);
            Assert.Equal([1, 3, input.Height, input.Width], golden[$"tensor.{number}"].Shape);
            Assert.Equal(golden[$"tensor.{number}"].ToDoubles(), planes.Select(value => (double)value));
        }

        Detection[] found = new Predictor(detector, 160, new PostProcessOptions { ScoreThreshold = 0.25 }).Detect(image);
        YoloV10Compare.SameDetections(golden[$"boxes.{number}"].ToDoubles(), found, Pixels[number], shift: 0);
    }

    private static Image ImageOf(WeightEntry pixels)
    {
        (int height, int width) = ((int)pixels.Shape[0], (int)pixels.Shape[1]);
        byte[] values = [.. pixels.ToDoubles().Select(value => (byte)value)];
        Image image = new(width, height, Colour.Grey(0));
        for (int y = 0; y < height; y++)
        {
            values.AsSpan(y * width * 3, width * 3).CopyTo(image.Row(y));
        }

        return image;
    }
}
