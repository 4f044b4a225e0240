using Graft.Torch;
using Graft.Training;

namespace Graft.Rewriting;

/// <summary>The cost of one image: parameters, operations, time.</summary>
/// <param name="Parameters">Parameters, those of attached adapters included.</param>
/// <param name="Gflops">Floating-point operations of convolutions and matrix products, 10⁹; a multiply-accumulate counts as two.</param>
/// <param name="Milliseconds">Median time of a forward pass; null when it was not measured.</param>
public sealed record ModelCost(long Parameters, double Gflops, double? Milliseconds)
{
    /// <summary>Measures several models on one image, alternating, so that other load on the machine affects all of them alike.</summary>
    /// <param name="side">Side of the image, a multiple of 32.</param>
    /// <param name="runs">Timed runs of each; 0 measures no time.</param>
    /// <param name="models">The models.</param>
    public static IReadOnlyList<ModelCost> Of(int side, int runs, params IReadOnlyList<Subject> models)
    {
        using Tensor image = Tensor.Full([1, 3, side, side], 0.5);
        return Of(image, runs, models);
    }

    /// <summary>Measures several models on a given image, alternating.</summary>
    /// <param name="image">1×3×H×W.</param>
    /// <param name="runs">Timed runs of each; 0 measures no time.</param>
    /// <param name="models">The models.</param>
    public static IReadOnlyList<ModelCost> Of(Tensor image, int runs, params IReadOnlyList<Subject> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        using NoGrad off = NoGrad.Begin();
        double[] gflops = [.. models.Select(model => Operations(model, image) / 1e9)];
        IReadOnlyList<double>[] times = Timing.InTurn(0, runs, [.. models.Select<Subject, Func<double>>(model => () => Time(model, image))]);
        return [.. models.Select((model, i) => new ModelCost(ParametersOf(model), gflops[i], times[i].Count == 0 ? null : Timing.Median(times[i])))];
    }

    private static long ParametersOf(Subject model)
        => model.Network.Parameters().Concat(ModelCopy.Attached(model.Network).SelectMany(found => found.Layer.Parameters()))
            .Select(entry => entry.Parameter.Value).DistinctBy(value => value.Address).Sum(value => value.Count);

    private static long Operations(Subject model, Tensor image)
    {
        using TensorScope scope = TensorScope.Begin();
        using OperationRecorder recorder = new();
        model.Forward(image);
        return recorder.Flops;
    }

    private static double Time(Subject model, Tensor image)
    {
        using TensorScope scope = TensorScope.Begin();
        return Timing.Of(() => model.Forward(image));
    }
}
