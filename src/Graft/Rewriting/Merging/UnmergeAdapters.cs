using System.Globalization;
using Graft.Adapters;
using Graft.Detectors;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>K = K̃·M⁻¹: unmerges LoRA adapters.</summary>
public static class UnmergeAdapters
{
    private const double SameWeights = 1e-5;

    /// <summary>The plain network, from the merged one and the adapters.</summary>
    /// <param name="merged">The merged network; not changed.</param>
    /// <param name="adapters">Dotted paths of the layers that they were attached to, with the adapters at the strength of the merge.</param>
    /// <param name="plain">The weights before the merge, if they were kept: then the result equals them bit for bit.</param>
    /// <exception cref="MergeRefusedException">An adapter's matrix has no inverse, a rule does not hold, or the kept weights are not those
    /// that were merged.</exception>
    public static Unmerged Of(Subject merged, IReadOnlyList<(string Path, LoraAdapter Adapter)> adapters, DetectionNetwork? plain = null)
    {
        ArgumentNullException.ThrowIfNull(merged);
        ArgumentNullException.ThrowIfNull(adapters);
        DetectionNetwork network = plain is null ? Solve(merged, adapters) : ModelCopy.Of(plain);
        try
        {
            double error = Again(merged, adapters, network);
            if (!(error <= SameWeights))
            {
                throw plain is not null
                    ? new MergeRefusedException(
                        string.Create(CultureInfo.InvariantCulture, $"These weights with these adapters merged are not the merged network: they differ by {error:g3}."),
                        "Give the network that the adapters were trained on, or none to solve for it.")
                    : new MergeRefusedException(
                        string.Create(CultureInfo.InvariantCulture, $"Merged again, the solved weights differ from the merged ones by {error:g3}: the matrix of an adapter is nearly singular."),
                        "Use the base itself, which holds the weights before the merge.");
            }

            return new Unmerged(network, plain is not null, error);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Unmerges the adapters, the first first: the merge folded them last.</summary>
    private static DetectionNetwork Solve(Subject merged, IReadOnlyList<(string Path, LoraAdapter Adapter)> adapters)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using DetectionNetwork wide = ModelCopy.Of(merged.Network, DType.Double);
        Subject subject = merged with { Network = wide };
        foreach ((string path, LoraAdapter adapter) in InOrder(subject, adapters))
        {
            Module host = Host(wide, path);
            using LoraAdapter copy = (LoraAdapter)adapter.Options.Create(adapter.Channels);
            copy.To(DType.Double);
            copy.Train(false);
            host.Follower = copy;
            wide.NamePaths();
            FoldLinear.Apply(wide, copy, LinearMap.Of(adapter)!.Value.Inverse(), () => MergeAdapters.Trial(subject));
            host.Follower = null;
        }

        return ModelCopy.Of(wide, ModelCopy.PrecisionOf(merged.Network));
    }

    /// <summary>Merges again and compares the weights.</summary>
    private static double Again(Subject merged, IReadOnlyList<(string Path, LoraAdapter Adapter)> adapters, DetectionNetwork plain)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using DetectionNetwork copy = ModelCopy.Of(plain, DType.Double);
        foreach ((string path, LoraAdapter adapter) in adapters)
        {
            Host(copy, path).Follower = adapter;
        }

        using DetectionNetwork again = MergeAdapters.Of(merged with { Network = copy }, new MergeOptions { Completely = true });
        Dictionary<string, Tensor> expected = merged.Network.StateDict().ToDictionary(entry => entry.Name, entry => entry.Value);
        return again.StateDict().Where(entry => entry.Value.DType == DType.Double)
            .Max(entry => ProofEntry.Of(entry.Name, expected[entry.Name], entry.Value).MaxRelative);
    }

    private static IEnumerable<(string Path, LoraAdapter Adapter)> InOrder(Subject subject, IReadOnlyList<(string Path, LoraAdapter Adapter)> adapters)
    {
        Dictionary<object, int> order = MergeAdapters.RunOrder(subject);
        return [.. adapters.OrderBy(found => order.GetValueOrDefault(Host(subject.Network, found.Path), -1))];
    }

    private static Module Host(Module network, string path) => network.Find(path) ?? throw new GraftException(
        Failure.Usage, $"The network has no layer {path}.", "Name the layer that the adapter was attached to, such as neck.out_layers.1.");
}
