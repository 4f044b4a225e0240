using Graft.Detection;
using Graft.Models.YoloV10;
using Graft.Torch;

namespace Graft.Rewriting;

/// <summary>Rewrites of YOLOv10 for running: everything that only training needs goes.</summary>
public static class Deployment
{
    /// <summary>A new model with normalisations and parallel branches folded into convolutions, and without the one-to-many head.</summary>
    /// <param name="source">Stays as it is.</param>
    /// <param name="oneToMany">Keep the one-to-many head, for prediction with suppression.</param>
    public static YoloV10 Of(YoloV10 source, bool oneToMany = false)
    {
        ArgumentNullException.ThrowIfNull(source);
        YoloV10 target = new(source.Options with { Folded = true, OneToMany = oneToMany && source.Options.OneToMany });
        try
        {
            FoldNorms.Transfer(source, target);
            return target;
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    /// <summary>Runs both models on the same pictures and compares what their one-to-one heads say: logits, distributions, boxes in pixels, scores.</summary>
    /// <param name="before">The original; it is run with fixed statistics, whatever its mode.</param>
    /// <param name="after">The rewritten model.</param>
    /// <param name="images">B×3×H×W, RGB in 0..1, H and W multiples of 32.</param>
    public static Proof Prove(YoloV10 before, YoloV10 after, Tensor images)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        bool trained = before.Training;
        before.Train(false);
        after.Train(false);
        RawDetections expected = before.ForwardOneToOne(images), found = after.ForwardOneToOne(images);
        before.Train(trained);
        (Tensor boxes, Tensor scores) = RawDecoding.Decode(expected, YoloV10Head.Strides);
        (Tensor newBoxes, Tensor newScores) = RawDecoding.Decode(found, YoloV10Head.Strides);
        Proof maps = Proof.Of(
        [
            .. expected.Logits.Select((map, level) => ($"logits_p{level + 3}", map, found.Logits[level])),
            .. expected.Distributions.Select((map, level) => ($"distributions_p{level + 3}", map, found.Distributions[level])),
            ("scores", scores, newScores),
        ]);
        return maps with { Boxes = ProofEntry.Of("boxes", boxes, newBoxes) };
    }
}
