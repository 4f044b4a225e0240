using Graft.Detectors;
using Graft.Torch;

namespace Graft.Rewriting;

/// <summary>Runs an original and its rewritten form on the same real images and noise.</summary>
public static class Prover
{
    /// <summary>Compares every raw output and the final boxes.</summary>
    /// <param name="single">Original and rewritten model in the precision in which they are used.</param>
    /// <param name="wide">The same in float64; null: not compared.</param>
    /// <param name="options">Inputs and tolerances.</param>
    /// <param name="images">Real images.</param>
    /// <exception cref="MergeRefusedException">A shape differs or a value is not finite; differences are in the result.</exception>
    public static Proof Compare(
        (Subject Before, Subject After) single,
        (Subject Before, Subject After)? wide = null,
        ProofOptions? options = null,
        IReadOnlyList<ProofImage>? images = null)
    {
        options ??= new ProofOptions();
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        Tally together = new(options.Boxes), apart = new(options.Boxes), rounding = new(options.Boxes);
        int real = 0;
        foreach (ProofImage input in (images ?? []).Concat(Noise(options)))
        {
            using TensorScope run = TensorScope.Begin();
            RawDetections before = single.Before.Forward(input.Input);
            together.Add(input, single.Before.Strides, before, single.After.Forward(input.Input));
            bool given = real++ < (images?.Count ?? 0);
            if (wide is { } pair && (!given || real <= options.ImagesInDouble))
            {
                RawDetections exact = pair.Before.Forward(input.Input);
                apart.Add(input, pair.Before.Strides, exact, pair.After.Forward(input.Input));
                rounding.Add(input, pair.Before.Strides, exact, before);
            }
        }

        return new Proof([.. together.Entries, .. apart.Entries])
        {
            Boxes = together.Boxes,
            BoxesDouble = wide is null ? null : apart.Boxes,
            Rounding = wide is null ? null : new Proof(rounding.Entries) { Boxes = rounding.Boxes },
            Tolerance = options.Tolerance,
        };
    }

    /// <summary>Batches of noise of alternating shape; equal for equal seeds.</summary>
    internal static IEnumerable<ProofImage> Noise(ProofOptions options)
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

    /// <summary>The differences of one output, level by level.</summary>
    internal static IEnumerable<ProofEntry> Maps(string name, Tensor[] before, Tensor[] after, string input)
        => before.Select((map, level) => ProofEntry.Of($"{name}_p{level + 3}", map, after[level]) with { Input = input });

    /// <summary>Differences of one pair of models over all inputs.</summary>
    private sealed class Tally(PostProcessOptions thresholds)
    {
        internal List<ProofEntry> Entries { get; } = [];

        internal BoxComparison Boxes { get; private set; } = BoxComparison.None;

        internal void Add(ProofImage input, IReadOnlyList<int> strides, RawDetections before, RawDetections after)
        {
            Entries.AddRange(Maps("logits", before.Logits, after.Logits, input.Name));
            Entries.AddRange(Maps("distributions", before.Distributions, after.Distributions, input.Name));
            Boxes = Boxes.And(BoxComparison.Of(Final(before, strides, input.Input), Final(after, strides, input.Input)));
        }

        private Detection[][] Final(RawDetections raw, IReadOnlyList<int> strides, Tensor images)
        {
            (Tensor boxes, Tensor scores) = RawDecoding.Decode(raw, strides);
            Fitting fitting = Fitting.None((int)images.Size(3), (int)images.Size(2));
            return PostProcess.Run(boxes, scores, [.. Enumerable.Repeat(fitting, (int)images.Size(0))], thresholds);
        }
    }
}
