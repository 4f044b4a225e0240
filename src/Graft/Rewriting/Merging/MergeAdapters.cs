using Graft.Adapters;
using Graft.Detectors;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>Merges adapters into the weights around them; those that cannot merge completely are folded as far as possible and stay attached.</summary>
public static class MergeAdapters
{
    private const int TrialSide = 64;

    /// <summary>A new network with the outputs of the adapted one, under the plain network's keys where all adapters merged.</summary>
    /// <param name="source">The network with its adapters; not changed.</param>
    /// <param name="options">Whether adapters must merge completely.</param>
    /// <param name="log">Receives what was merged, what was not and why.</param>
    /// <exception cref="MergeRefusedException">An adapter applies dropout, or one that must merge completely does not.</exception>
    public static DetectionNetwork Of(Subject source, MergeOptions? options = null, RewriteLog? log = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        RequireEvaluation(source.Network);
        DetectionNetwork network = ModelCopy.Of(source.Network);
        try
        {
            Warn(network, log);
            Dictionary<string, string> reasons = MergeAll(source with { Network = network }, log);
            ReduceRest(network, reasons, options ?? new MergeOptions(), log);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Folds linear adapters, the last first, so that the readers of each are those of the plain network.</summary>
    /// <returns>Why the remaining adapters cannot merge, by the path of the layer that each is attached to.</returns>
    private static Dictionary<string, string> MergeAll(Subject subject, RewriteLog? log)
    {
        Dictionary<string, string> reasons = [];
        foreach ((string path, Module host, Adapter adapter) in InOrder(subject).Reverse())
        {
            using TensorScope scope = TensorScope.Begin();
            using NoGrad off = NoGrad.Begin();
            if (LinearMap.Of(adapter) is not { } map)
            {
                reasons[path] = adapter.Options.Merge.Reason;
                continue;
            }

            try
            {
                string[] into = adapter.Strength == 0 ? [] : FoldLinear.Apply(subject.Network, adapter, map, () => Trial(subject));
                Detach(subject.Network, host, adapter);
                log?.Fold(Name(path, adapter), "I + strength·(α/r)·B·A is one matrix, and a matrix folds into convolutions", into);
            }
            catch (MergeRefusedException refusal)
            {
                reasons[path] = refusal.Message;
            }
        }

        return reasons;
    }

    private static void ReduceRest(Module network, Dictionary<string, string> reasons, MergeOptions options, RewriteLog? log)
    {
        foreach ((string path, Module host, Layer layer) in ModelCopy.Attached(network).ToArray())
        {
            Adapter adapter = (Adapter)layer;
            string reason = reasons[path];
            if (options.Completely)
            {
                throw new MergeRefusedException(
                    $"The {adapter.Options.Kind} adapter at {path} does not merge completely: {reason}",
                    "Leave out --completely: what can fold is folded, and the report lists what is not merged.");
            }

            if (CheapestForm.Of(adapter) is { } reduced)
            {
                string? name = network.Modules().FirstOrDefault(found => ReferenceEquals(found.Module, adapter)).Path;
                Detach(network, host, adapter);
                ModelCopy.Attach(network, path, host, name, reduced);
                log?.Fold($"{Name(path, adapter)}: norms, gains, scales, parallel kernels", "folded into its cheapest exact form", $"{path} ({reduced.Options.Kind})");
            }

            log?.Leave(path, reason);
        }

        network.NamePaths();
    }

    /// <summary>Refuses a network whose output is random.</summary>
    internal static void RequireEvaluation(Module network)
    {
        foreach ((string path, _, Layer layer) in ModelCopy.Attached(network))
        {
            if (layer.Training && Dropout.Of(layer) > 0)
            {
                throw new MergeRefusedException(
                    $"The adapter at {path} applies dropout: the network is in training mode, in which its output is random.",
                    "Call Train(false) on the network first.");
            }
        }
    }

    private static void Warn(Module network, RewriteLog? log)
    {
        foreach ((string path, _, Layer layer) in ModelCopy.Attached(network))
        {
            if (layer is Adapter { IsInert: true } adapter)
            {
                log?.Note($"the {adapter.Options.Kind} adapter at {path} was never trained (its last weights are all zero): merging it changes nothing");
            }
        }
    }

    /// <summary>Attached adapters in the order in which they run.</summary>
    private static (string Path, Module Host, Adapter Adapter)[] InOrder(Subject subject)
    {
        Dictionary<object, int> order = RunOrder(subject);
        return [.. ModelCopy.Attached(subject.Network)
            .Select(found => (found.Path, found.Host, Adapter: (Adapter)found.Layer))
            .OrderBy(found => order.GetValueOrDefault(found.Adapter, -1))];
    }

    /// <summary>Where each module of a network, and each adapter, first ends in a run; what does not run is absent.</summary>
    internal static Dictionary<object, int> RunOrder(Subject subject)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using OperationRecorder recorder = new();
        Trial(subject);
        Dictionary<object, int> order = new(ReferenceEqualityComparer.Instance);
        foreach (ModuleCall call in recorder.Calls)
        {
            order.TryAdd(call.Module, call.End);
        }

        return order;
    }

    /// <summary>Runs a network once on a small image and returns its outputs.</summary>
    internal static IReadOnlyList<Tensor> Trial(Subject subject) => subject.RunAll(Tensor.Full([1, 3, TrialSide, TrialSide], 0.5));

    private static void Detach(Module network, Module host, Adapter adapter)
    {
        string? name = network.Modules().FirstOrDefault(found => ReferenceEquals(found.Module, adapter)).Path;
        host.Follower = null;
        if (name is not null)
        {
            AdapterContainers.Detach(network, new PlannedAdapter(new AdapterSite(name, "", name), host, adapter));
        }
    }

    private static string Name(string path, Adapter adapter) => $"{adapter.Options.Kind} at {path}";
}
