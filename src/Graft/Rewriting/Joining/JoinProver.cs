using Graft.Detectors;
using Graft.Torch;

namespace Graft.Rewriting;

/// <summary>Compares each member of a joined model with the model alone, on the same images and noise.</summary>
public static class JoinProver
{
    /// <summary>Compares every raw output and the final boxes bit for bit.</summary>
    /// <param name="joined">The joined model, with all its classes.</param>
    /// <param name="open">Opens the model of a member alone; one of them is open at a time.</param>
    /// <param name="options">Inputs, and the thresholds of the boxes; the tolerance is 0.</param>
    /// <param name="images">Real images.</param>
    /// <exception cref="MergeRefusedException">A shape differs or a value is not finite; differences are in the result.</exception>
    public static Proof Compare(JoinedDetector joined, Func<int, IDetector> open, ProofOptions? options = null, IReadOnlyList<ProofImage>? images = null)
    {
        ArgumentNullException.ThrowIfNull(joined);
        ArgumentNullException.ThrowIfNull(open);
        options ??= new ProofOptions();
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        Answers[] answers = [.. (images ?? []).Concat(Prover.Noise(options)).Select(input => new Answers(
            input, joined.Joined.PredictEach(input.Input), joined.DetectEach(input.Input, Whole(input), options.Boxes)))];
        List<ProofEntry> entries = [];
        BoxComparison boxes = BoxComparison.None;
        for (int i = 0; i < joined.Members.Count; i++)
        {
            using IDetector alone = open(i);
            foreach (Answers answer in answers)
            {
                using TensorScope run = TensorScope.Begin();
                string name = joined.Members[i].Name;
                RawDetections before = Subject.Of(alone).Forward(answer.Input.Input), after = answer.Raw[i];
                entries.AddRange(Prover.Maps($"{name}: logits", before.Logits, after.Logits, answer.Input.Name));
                entries.AddRange(Prover.Maps($"{name}: distributions", before.Distributions, after.Distributions, answer.Input.Name));
                Detection[][] found = alone.Detect(answer.Input.Input, Whole(answer.Input), options.Boxes);
                boxes = boxes.And(BoxComparison.Of(found, answer.Detections[i]));
            }
        }

        ProofTolerance exact = new() { Single = 0, Double = 0, BoxPixels = 0, RoundingFactor = 0 };
        return new Proof(entries) { Boxes = boxes, Tolerance = exact };
    }

    private static Fitting[] Whole(ProofImage input)
        => [.. Enumerable.Repeat(Fitting.None((int)input.Input.Size(3), (int)input.Input.Size(2)), (int)input.Input.Size(0))];

    /// <summary>What the joined model answers for one input, by member.</summary>
    private sealed record Answers(ProofImage Input, IReadOnlyList<RawDetections> Raw, Detection[][][] Detections);
}
