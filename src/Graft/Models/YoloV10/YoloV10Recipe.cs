using Graft.Torch.Layers;
using Graft.Torch.Optimizers;

namespace Graft.Models.YoloV10;

/// <summary>The authors' training rules: which weights decay, which optimizer, how a run warms up.</summary>
public static class YoloV10Recipe
{
    /// <summary>Batch for which rates and decay are given; smaller batches are accumulated up to it.</summary>
    public const int NominalBatch = 64;

    /// <summary>Whether a weight is a bias by its name; the offsets of normalisations are.</summary>
    public static bool IsBias(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.EndsWith("bias", StringComparison.Ordinal);
    }

    /// <summary>The weights that learn: biases and normalisations do not decay.</summary>
    public static IReadOnlyList<ParameterGroup> Groups(Module network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return [.. network.Modules().SelectMany(found => found.Module.Own
            .Where(parameter => !parameter.IsBuffer && parameter.Trainable)
            .Select(parameter => (Name: found.Path.Length == 0 ? parameter.Name : $"{found.Path}.{parameter.Name}", Parameter: parameter, IsNorm: found.Module is BatchNorm2d)))
            .Select(entry => new ParameterGroup(entry.Name, entry.Parameter, DecayFactor: IsBias(entry.Name) || entry.IsNorm ? 0 : 1))];
    }
}
