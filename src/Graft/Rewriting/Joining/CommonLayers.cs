using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>Finds the layers of several networks that compute the same value, by following their operators.</summary>
internal static class CommonLayers
{
    private const int Side = 64;

    /// <summary>Makes tensors with the same bits views of one memory, so that they are stored once and have one number.</summary>
    internal static void ShareWeights(IReadOnlyList<Module> networks)
    {
        for (int i = 1; i < networks.Count; i++)
        {
            ILookup<string, Parameter> earlier = networks.Take(i).SelectMany(StateOf).ToLookup(entry => entry.Name, entry => entry.Parameter);
            foreach ((string name, Parameter parameter) in StateOf(networks[i]))
            {
                if (earlier[name].FirstOrDefault(other => other.Value.HasSameBits(parameter.Value)) is { } same && same.Value.Address != parameter.Value.Address)
                {
                    // A view of its own, since each network frees and converts its tensors by itself.
                    parameter.Reset(same.Value.Detach());
                }
            }
        }
    }

    /// <summary>The layers whose output a later network takes from an earlier one: the outermost of those that compute the same.</summary>
    /// <param name="members">In evaluation mode; each runs once on a small image.</param>
    internal static SharedOutputs Of(IReadOnlyList<Subject> members)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        Tensor images = Tensor.Full([1, 3, Side, Side], 0.5).To(ModelCopy.PrecisionOf(members[0].Network));
        ValueNumbers numbers = new();
        numbers.Fix(images);
        foreach ((_, Parameter parameter) in members.SelectMany(member => StateOf(member.Network)))
        {
            numbers.Fix(parameter.Value);
        }

        List<IReadOnlyDictionary<Layer, (int? Own, int? Whole)>> values = [];
        foreach (Subject member in members)
        {
            using OperationRecorder recorder = new();
            member.RunAll(images);
            values.Add(numbers.Of(recorder));
        }

        HashSet<int> earlier = [], taken = [];
        for (int i = 0; i < members.Count; i++)
        {
            Collect(members[i].Network, values[i], earlier, taken, []);
            earlier.UnionWith(values[i].Values.SelectMany(value => new[] { value.Own, value.Whole }).OfType<int>());
        }

        SharedOutputs shared = new();
        foreach ((Layer layer, (int? own, int? whole)) in values.SelectMany(found => found))
        {
            shared.Add(layer, Taken(own), Taken(whole));
        }

        return shared;

        int? Taken(int? number) => number is { } known && taken.Contains(known) ? known : null;
    }

    /// <summary>Parameters and buffers of a network and of the layers that are attached to it.</summary>
    private static IEnumerable<(string Name, Parameter Parameter)> StateOf(Module network) => network.State()
        .Concat(ModelCopy.Attached(network).SelectMany(found => found.Layer.State().Select(entry => ($"{found.Path}.follower.{entry.Name}", entry.Parameter))));

    /// <summary>Adds the numbers of the outermost layers below a module that an earlier network computes too.</summary>
    private static void Collect(
        Module module, IReadOnlyDictionary<Layer, (int? Own, int? Whole)> values, HashSet<int> earlier, HashSet<int> taken, HashSet<Module> seen)
    {
        if (!seen.Add(module))
        {
            return;
        }

        bool isTaken = false;
        if (module is Layer layer && values.TryGetValue(layer, out (int? Own, int? Whole) value))
        {
            bool whole = value.Whole is { } output && earlier.Contains(output);
            isTaken = whole || (value.Own is { } own && earlier.Contains(own));
            if (isTaken)
            {
                taken.Add((whole ? value.Whole : value.Own)!.Value);
            }

            if (whole)
            {
                return;
            }
        }

        if (module.Follower is { } follower)
        {
            Collect(follower, values, earlier, taken, seen);
        }

        foreach ((_, Module child) in isTaken ? [] : module.Children)
        {
            Collect(child, values, earlier, taken, seen);
        }
    }
}
