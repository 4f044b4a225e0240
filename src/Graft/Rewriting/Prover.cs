using Graft.Detection;
using Graft.Torch;

namespace Graft.Rewriting;

/// <summary>Runs an original and its rewritten form side by side on real pictures and on noise.</summary>
public static class Prover
{
    /// <summary>Compares every map and the final boxes.</summary>
    /// <param name="pairs">Original and rewritten model, once for each precision.</param>
    /// <param name="options">Inputs and tolerances.</param>
    /// <param name="pictures">Real pictures.</param>
    /// <exception cref="MergeRefusedException">A shape differs or a value is not finite; differences are in the result.</exception>
    public static Proof Compare(
        IReadOnlyList<(Subject Before, Subject After)> pairs, ProofOptions? options = null, IReadOnlyList<ProofPicture>? pictures = null)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        options ??= new ProofOptions();
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        List<ProofEntry> entries = [];
        BoxComparison boxes = BoxComparison.None;
        foreach ((Subject before, Subject after) in pairs)
        {
            bool wide = ModelCopy.PrecisionOf(before.Network) == DType.Double;
            IEnumerable<ProofPicture> real = wide ? (pictures ?? []).Take(options.PicturesInDouble) : pictures ?? [];
            foreach (ProofPicture input in real.Concat(Noise(options)))
            {
                using TensorScope run = TensorScope.Begin();
                RawDetections expected = before.Forward(input.Input), found = after.Forward(input.Input);
                entries.AddRange(Maps(expected, found).Select(entry => entry with { Input = input.Name }));
                boxes = boxes.And(BoxComparison.Of(
                    Boxes(expected, before, input.Input, options.Boxes), Boxes(found, after, input.Input, options.Boxes)));
            }
        }

        return new Proof(entries) { Boxes = boxes, Tolerance = options.Tolerance };
    }

    /// <summary>Batches of noise of changing shape; the same numbers each time.</summary>
    private static IEnumerable<ProofPicture> Noise(ProofOptions options)
    {
        Random random = new(options.Seed);
        int shorter = options.RandomSide / 32 * 32, longer = options.RandomSide * 3 / 2 / 32 * 32;
        for (int i = 0; i < options.RandomInputs; i++)
        {
            (int batch, int height, int width) = i % 2 == 0 ? (1, shorter, longer) : (2, longer, shorter);
            float[] values = new float[batch * 3 * height * width];
            for (int at = 0; at < values.Length; at++)
            {
                values[at] = random.NextSingle();
            }

            yield return new($"noise {batch}×3×{height}×{width}", Tensor.From(values, batch, 3, height, width));
        }
    }

    private static IEnumerable<ProofEntry> Maps(RawDetections before, RawDetections after)
        => before.Logits.Select((map, level) => ProofEntry.Of($"logits_p{level + 3}", map, after.Logits[level]))
            .Concat(before.Distributions.Select((map, level) => ProofEntry.Of($"distributions_p{level + 3}", map, after.Distributions[level])));

    private static Detection.Detection[][] Boxes(RawDetections raw, Subject subject, Tensor images, PostProcessOptions options)
    {
        (Tensor boxes, Tensor scores) = RawDecoding.Decode(raw, subject.Strides);
        Fitting fitting = Fitting.None((int)images.Size(3), (int)images.Size(2));
        return PostProcess.Run(boxes, scores, [.. Enumerable.Repeat(fitting, (int)images.Size(0))], options);
    }
}
