using Graft.Adapters;
using Graft.Detection;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Runs;

/// <summary>Brings models, which know nothing of adapters, and plans, which know nothing of models, together.</summary>
public static class Tuning
{
    private const int TrialSide = 64;

    /// <summary>The places where a network lets adapters sit.</summary>
    /// <exception cref="GraftException">Of kind Usage: this network offers none.</exception>
    public static IReadOnlyList<AdapterSite> SitesOf(Module network) => network switch
    {
        YoloWorld => YoloWorldSites.All,
        YoloV10 => YoloV10Sites.All,
        _ => throw new GraftException(Failure.Usage, $"{network.GetType().Name} offers no places for adapters."),
    };

    /// <summary>Plans what a <c>tuning:</c> section does to a network; nothing changes until <see cref="AdapterPlan.Apply"/>.</summary>
    /// <param name="network">The network, without adapters.</param>
    /// <param name="options">The section.</param>
    /// <param name="decayNorms">Whether norms, biases and scales decay too (<c>train.decay_norms</c>).</param>
    public static AdapterPlan Plan(Module network, TuningOptions options, bool decayNorms = false)
        => AdapterPlan.For(network, SitesOf(network), options, () => Try(network), decayNorms);

    /// <summary>Runs a network on an empty 64×64 picture, in evaluation mode.</summary>
    public static void Try(Module network)
    {
        bool training = network.Training;
        network.Train(false);
        DType type = network.Parameters().First().Parameter.Value.DType;
        Tensor image = Tensor.Zeros([1, 3, TrialSide, TrialSide], type);
        switch (network)
        {
            case YoloWorld world:
                world.Forward(image, Tensor.Ones(1, 1, world.Options.TextDim).To(type));
                break;
            case YoloV10 v10:
                v10.Features(image);
                break;
        }

        network.Train(training);
    }
}
