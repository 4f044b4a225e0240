using Graft.Torch;
using Graft.Training;

namespace Graft.Benchmarks;

/// <summary>Measures models in Graft's engine and in ONNX Runtime, in turn in one run: the network alone, the whole way from an image to its
/// detections, and the time of each kind of operator.</summary>
public static class InferBench
{
    private const int WarmUp = 3, MostProfiled = 11;

    /// <summary>Opens all models, and measures them.</summary>
    /// <param name="request">What is measured.</param>
    /// <param name="progress">Receives the name of each step, and notes.</param>
    /// <exception cref="GraftException">A model that cannot be opened; of kind Export: it cannot be exported, or ONNX Runtime gives other
    /// outputs than Graft's engine; of kind Usage: a setting without effect.</exception>
    public static InferResult Run(InferRequest request, Action<string>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        progress ??= _ => { };
        if (request.Targets.Count == 0 || request.Repetitions < 1)
        {
            throw new GraftException(Failure.Usage, $"{request.Repetitions} runs of {request.Targets.Count} models measure nothing.", "Give at least one of each.");
        }

        using InferModels opened = new(request, progress);
        IReadOnlyList<TimedModel> models = opened.All;
        using Frame frame = new();
        double before = Bench.Peak();
        progress("timing");
        Round[][] rounds = [.. Enumerable.Range(0, WarmUp + request.Repetitions).Select(round => Time(models, frame, round)).Skip(WarmUp)];
        progress("profiling");
        for (int run = 0; run < Math.Min(MostProfiled, request.Repetitions + 1); run++)
        {
            foreach (TimedModel model in models)
            {
                model.Profile();
            }
        }

        double peak = Math.Max(before, Bench.Peak());
        return new InferResult(models[0].Side, TorchRuntime.Threads, [.. models.Select((model, i) => RowOf(model, i, rounds, peak))]);
    }

    /// <summary>Times every model once; each round begins with another one.</summary>
    private static Round[] Time(IReadOnlyList<TimedModel> models, Frame frame, int round)
    {
        Round[] times = new Round[models.Count];
        for (int i = 0; i < models.Count; i++)
        {
            int at = (i + round) % models.Count;
            TimedModel model = models[at];
            double network = Timing.Of(model.Infer);
            times[at] = new Round(network, model.IsDetector ? Timing.Of(() => model.Detect(frame)) : null);
        }

        return times;
    }

    private static InferRow RowOf(TimedModel model, int at, Round[][] rounds, double peak)
    {
        double network = Timing.Median([.. rounds.Select(round => round[at].Network)]);
        double? Median(Func<Round, double> time) => model.IsDetector ? Timing.Median([.. rounds.Select(round => time(round[at]))]) : null;
        return new InferRow(
            model.Name, model.Engine, new Bench.Speed(network, model.Gflops, 1, peak),
            Timing.Median([.. rounds.Select(round => round[at].Network / round[0].Network)]),
            Median(round => round.Whole!.Value), Median(round => round.Whole!.Value - round.Network), model.Operators(), model.Proof);
    }

    private readonly record struct Round(double Network, double? Whole);
}
