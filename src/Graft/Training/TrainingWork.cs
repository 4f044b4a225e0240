using System.Globalization;
using Graft.Detectors;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Training;

/// <summary>How much of full training's work is left when a part of a network is frozen, counted in convolutions and matrix products.</summary>
/// <param name="GraphBegins">Dotted path of the first layer whose output needs a gradient; null: no gradient is needed at all.</param>
/// <param name="Before">Share of the forward pass's operations before that layer, 0 to 1: they cost what inference costs.</param>
/// <param name="Share">Operations of a step, gradients included, as a share of full training's, 0 to 1.</param>
/// <param name="Cached">The same where <see cref="TrainOptions.FeatureCache"/> keeps what the frozen stages give; null: none is frozen.</param>
public sealed record TrainingWork(string? GraphBegins, double Before, double Share, double? Cached = null)
{
    private const int Side = 128, Images = 2;

    /// <summary>Counts by running a network once; its statistics change if they are trained.</summary>
    /// <param name="network">The network, tuned as it will be trained.</param>
    public static TrainingWork Of(DetectionNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        bool trained = network.Training;
        TrainingWork whole;
        network.Train();
        using FrozenPart frozen = new(network);
        using (frozen.Begin())
        {
            IReadOnlyList<Operation> operations = Run(network);
            double kept = network.FrozenStages(textChanges: false) is > 0 and var stages ? Run(network, stages).Sum(operation => (double)operation.MultiplyAccumulates) : 0;
            int first = operations.TakeWhile(operation => !operation.InGraph).Count();
            double before = operations.Take(first).Sum(operation => (double)operation.MultiplyAccumulates);
            double forward = operations.Sum(operation => (double)operation.MultiplyAccumulates);
            double step = operations.Sum(operation => (double)operation.TrainingMultiplyAccumulates);
            whole = new TrainingWork(first < operations.Count ? operations[first].Module : null, before / forward, step / 3, kept > 0 ? (step - kept) / 3 : null);
        }

        network.Train(false);
        double plain = Plain(network);
        whole = whole with { Share = whole.Share / plain, Cached = whole.Cached / plain };
        network.Train(trained);
        return whole;
    }

    /// <summary>Reads like "the graph begins at neck; 30 % of the forward pass before it costs what inference costs; …".</summary>
    public override string ToString() => GraphBegins is null
        ? "nothing is trained"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"the graph begins at {GraphBegins}: {100 * Before:0} % of the forward pass runs as deployed; a step needs {100 * Share:0} % of full training's operations, at most {1 / Share:0.0} times its speed{(Cached is { } cached ? string.Create(CultureInfo.InvariantCulture, $" ({1 / cached:0.0} with train.feature_cache)") : "")}");

    /// <summary>Multiply-accumulates of a forward pass, layer by layer.</summary>
    private static double Plain(DetectionNetwork network)
    {
        using NoGrad off = NoGrad.Begin();
        return Run(network).Sum(operation => (double)operation.MultiplyAccumulates);
    }

    /// <summary>Runs the whole network, or its first stages.</summary>
    private static IReadOnlyList<Operation> Run(DetectionNetwork network, int? stages = null)
    {
        using TensorScope scope = TensorScope.Begin();
        using OperationRecorder recorder = new();
        Tensor images = Tensor.Rand(Images, 3, Side, Side).To(MemoryFormat.ChannelsLast);
        Tensor? text = network.TextWidth is { } width ? Tensor.Ones(1, 1, width) : null;
        _ = stages is null ? network.RunAll(images, text) : network.RunStages(StageMaps.Of(images), text, stages);
        return recorder.Operations;
    }
}
