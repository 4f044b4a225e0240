using Graft.Detectors;
using Graft.Rewriting;
using Graft.Runs;
using Graft.Torch;

namespace Graft.Benchmarks;

/// <summary>Measures the cost of text input: one network with text as input, with the vocabulary baked in, and each with its normalisations folded, timed alternating in one run.</summary>
public static class WordsBench
{
    private const int WarmUps = 2, DefaultClasses = 80;

    /// <summary>One form of the network.</summary>
    /// <param name="Name">Name of the form.</param>
    /// <param name="Parameters">Number of parameters.</param>
    /// <param name="Speed">Median time, operations, peak of the run.</param>
    /// <param name="Proof">Comparison with the network with text input; null for that one.</param>
    public sealed record Form(string Name, long Parameters, Bench.Speed Speed, RewriteReport? Proof);

    /// <summary>All forms.</summary>
    /// <param name="Classes">Number of classes.</param>
    /// <param name="Forms">Text input; text input, folded; baked; baked, folded.</param>
    public sealed record Result(int Classes, IReadOnlyList<Form> Forms)
    {
        /// <summary>Time that text input adds to the same folded network with baked prompts, as a share of the latter.</summary>
        public double TextOverhead => (Forms[1].Speed.Milliseconds / Forms[3].Speed.Milliseconds) - 1;

        /// <summary>Operations that text input adds, 10⁹.</summary>
        public double TextGflops => Forms[1].Speed.Gflops - Forms[3].Speed.Gflops;
    }

    /// <summary>Measures all forms.</summary>
    /// <param name="config">A network that can bake a vocabulary, and the image size.</param>
    /// <param name="classes">Number of classes; null: 80.</param>
    /// <param name="repetitions">Timed runs of each form.</param>
    /// <param name="progress">Receives the name of each step.</param>
    /// <exception cref="MergeRefusedException">The outputs of a form differ from those of the network with text input.</exception>
    /// <exception cref="GraftException">Of kind Usage: the network cannot bake a vocabulary.</exception>
    public static Result Run(RunConfig config, int? classes, int repetitions, Action<string>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (!config.Model.CanBakeVocabulary)
        {
            throw new GraftException(Failure.Usage, "graft bench words needs a YOLO-World v2 with a text input.", "Try configs/yolo_world/v2_s.yaml.");
        }

        int count = classes ?? DefaultClasses, imgsz = config.Train.Imgsz;
        using IDetector detector = BenchDetector.Create(config, count);
        BenchDetector.UpdateStatistics(detector);
        ProofOptions proof = new() { CostSide = imgsz, TimedRuns = 0, RandomInputs = 1 };
        Func<Rewrite, Rewrite>[] steps = [rewrite => rewrite.FoldNorms(), rewrite => rewrite.Bake(), rewrite => rewrite.Bake().FoldNorms()];
        string[] names = ["text input", "text input, folded", "baked", "baked, folded"];
        List<Rewritten> forms = [];
        try
        {
            foreach ((Func<Rewrite, Rewrite> step, string name) in steps.Zip(names.Skip(1)))
            {
                progress?.Invoke($"{name}: proving");
                using Rewrite rewrite = Rewrite.Of(detector);
                forms.Add(step(rewrite).Prove(proof));
            }

            progress?.Invoke("timing");
            return new Result(count, Time([Subject.Of(detector), .. forms.Select(form => form.Subject)], names, forms, imgsz, repetitions));
        }
        finally
        {
            forms.ForEach(form => form.Dispose());
        }
    }

    private static IReadOnlyList<Form> Time(Subject[] subjects, string[] names, IReadOnlyList<Rewritten> proofs, int imgsz, int repetitions)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        Tensor image = Tensor.Rand(1, 3, imgsz, imgsz).To(MemoryFormat.ChannelsLast);
        _ = ModelCost.Of(image, WarmUps, subjects);
        double before = Bench.Peak();
        IReadOnlyList<ModelCost> costs = ModelCost.Of(image, repetitions, subjects);
        double peak = Math.Max(before, Bench.Peak());
        return [.. costs.Select((cost, i) => new Form(
            names[i], cost.Parameters, new Bench.Speed(cost.Milliseconds!.Value, cost.Gflops, 1, peak), i == 0 ? null : proofs[i - 1].Report))];
    }
}
