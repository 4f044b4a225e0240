using CsCheck;
using Graft.Detectors;
using Graft.Runtime.Postprocessing;
using Graft.Runtime.Preprocessing;
using Graft.Torch;

namespace Graft.Runtime.Tests.Postprocessing;

/// <summary>The runtime's suppression gives, number for number, what training's gives.</summary>
public sealed class PostProcessorTests
{
    private static readonly Gen<(float[] Output, int Classes, int Anchors)> Outputs =
        from classes in Gen.Int[1, 5]
        from anchors in Gen.Int[1, 120]
        from centres in Gen.Single[-20, 340].Array[2 * anchors]
        from sizes in Gen.Single[0, 120].Array[2 * anchors]
            // Few values: equal scores and scores at the threshold must occur.
        from scores in Gen.Int[0, 12].Select(step => step / 12f).Array[classes * anchors]
        select ((float[])[.. centres, .. sizes, .. scores], classes, anchors);

    [Fact]
    public void Detections_EqualThoseOfTraining()
        => Gen.Select(Outputs, Gen.Double[0, 1], Gen.Double[0, 1], Gen.Int[1, 40], Gen.Int[1, 200], Gen.Bool, Gen.Bool).Sample(
            (output, score, iou, most, candidates, multiLabel, agnostic) =>
            {
                PostProcessOptions options = new()
                {
                    ScoreThreshold = score,
                    IouThreshold = iou,
                    MaxPerImage = most,
                    Candidates = candidates,
                    MultiLabel = multiLabel,
                    ClassAgnostic = agnostic,
                };
                FitPlan plan = new Letterbox(new LetterboxOptions(), 320, 320).Plan(500, 333);
                Graft.Detectors.Detection[] expected = Expect(output.Output, output.Classes, output.Anchors, plan, options);
                List<Piece> found = [];
                Thresholds thresholds = new((float)score, true, (float)iou, candidates, most, multiLabel, agnostic);
                new PostProcessor("model.onnx").Decode(output.Output, 4 + output.Classes, plan, thresholds, [], new TilePlace(0, 0, 0), found);
                Assert.Equal(
                    expected.Select(one => (one.Label, (float)one.Score, (float)one.Box.X1, (float)one.Box.Y1, (float)one.Box.X2, (float)one.Box.Y2)),
                    found.Select(one => (one.Label, one.Score, one.Box.X1, one.Box.Y1, one.Box.X2, one.Box.Y2)));
            }, iter: 1000, threads: 1);

    [Fact]
    public void ThresholdsOfClasses_Hold()
    {
        float[] output = [10, 100, 200, 10, 100, 200, 8, 8, 8, 8, 8, 8, 0.5f, 0.3f, 0.2f, 0.2f, 0.6f, 0.9f];
        List<Piece> found = [];
        FitPlan plan = new Letterbox(new LetterboxOptions(), 320, 320).Plan(320, 320);
        new PostProcessor("model.onnx").Decode(
            output, 6, plan, new Thresholds(0.25f, false, 0.7f, 100, 100, true, false), [0.4f, 0.7f], new TilePlace(3, 1000, 0), found);
        Assert.Equal([(1, 0.9f, 1196f), (0, 0.5f, 1006f)], found.Select(one => (one.Label, one.Score, one.Box.X1)));
        Assert.All(found, one => Assert.Equal(3, one.Tile));
    }

    [Fact]
    public void ALongRow_IsScannedWhole()
    {
        for (int anchors = 1; anchors < 70; anchors++)
        {
            for (int hit = 0; hit < anchors; hit++)
            {
                float[] scores = new float[anchors];
                scores[hit] = 0.9f;
                CandidateList candidates = new();
                candidates.Scan(scores, 1, anchors, new Thresholds(0.25f, true, 0.7f, 100, 100, true, false), []);
                Assert.Equal((1, 0.9f, hit), (candidates.Count, candidates[0].Score, candidates[0].Index));
            }
        }
    }

    private static Graft.Detectors.Detection[] Expect(float[] output, int classes, int anchors, in FitPlan plan, PostProcessOptions options)
    {
        float[] corners = new float[4 * anchors], scores = new float[classes * anchors];
        for (int anchor = 0; anchor < anchors; anchor++)
        {
            float x = output[anchor], y = output[anchors + anchor], width = output[(2 * anchors) + anchor], height = output[(3 * anchors) + anchor];
            (corners[4 * anchor], corners[(4 * anchor) + 1]) = (x - (width / 2), y - (height / 2));
            (corners[(4 * anchor) + 2], corners[(4 * anchor) + 3]) = (x + (width / 2), y + (height / 2));
            for (int label = 0; label < classes; label++)
            {
                scores[(anchor * classes) + label] = output[((4 + label) * anchors) + anchor];
            }
        }

        using TensorScope scope = TensorScope.Begin();
        Fitting fitting = new(plan.ImageWidth, plan.ImageHeight, plan.ScaleX, plan.ScaleY, plan.Left, plan.Top);
        return PostProcess.Run(Tensor.From(corners, 1, anchors, 4), Tensor.From(scores, 1, anchors, classes), [fitting], options)[0];
    }
}
