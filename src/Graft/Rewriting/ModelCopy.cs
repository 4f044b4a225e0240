using Graft.Adapters;
using Graft.Detectors;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>New instances of a network from its options and its state: rewrites work on these and do not change their source.</summary>
public static class ModelCopy
{
    /// <summary>A copy with separate memory, in evaluation mode, with copies of the attached adapters.</summary>
    /// <typeparam name="T">A detector's network.</typeparam>
    /// <param name="source">The network to copy; not changed.</param>
    /// <param name="type">Precision of the copy; null: that of the source.</param>
    /// <exception cref="GraftException">Of kind Model: it is not the network of a detector.</exception>
    public static T Of<T>(T source, DType? type = null)
        where T : Module
    {
        ArgumentNullException.ThrowIfNull(source);
        T target = Bare(source, type);
        try
        {
            CopyFollowers(source, target, type);
            return target;
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    /// <summary>A copy without the attached layers.</summary>
    internal static T Bare<T>(T source, DType? type = null)
        where T : Module
    {
        T target = Empty(source, type);
        CopyState(source, target);
        return target;
    }

    /// <summary>A network of the same options, form and precision with arbitrary parameter values.</summary>
    internal static T Empty<T>(T source, DType? type = null)
        where T : Module
        => source is DetectionNetwork network ? (T)(Module)network.EmptyCopy(type ?? PrecisionOf(source))
            : throw new GraftException(Failure.Model, "This network cannot be copied: only the network of a detector can be built from its options.");

    /// <summary>Copies every tensor that both networks have under the same name with the same shape.</summary>
    /// <returns>Names that only the target has.</returns>
    internal static IReadOnlyList<string> CopyState(Module source, Module target)
    {
        using NoGrad off = NoGrad.Begin();
        Dictionary<string, Parameter> values = source.State().ToDictionary(entry => entry.Name, entry => entry.Parameter);
        List<string> left = [];
        foreach ((string name, Parameter parameter) in target.State())
        {
            if (values.TryGetValue(name, out Parameter? value) && value.Value.Shape.SequenceEqual(parameter.Value.Shape))
            {
                parameter.Value.CopyFrom(value.Value);
            }
            else
            {
                left.Add(name);
            }
        }

        return left;
    }

    /// <summary>The precision of a network's weights.</summary>
    public static DType PrecisionOf(Module network) => network.Parameters().First().Parameter.Value.DType;

    /// <summary>Whether a network's weights are channels-last.</summary>
    internal static bool IsChannelsLast(Module network)
        => network.Parameters().Select(entry => entry.Parameter.Value)
            .Any(value => value.Rank == 4 && value.IsContiguous(MemoryFormat.ChannelsLast) && !value.IsContiguous());

    /// <summary>The layers that are attached after other layers, with the dotted paths of the latter.</summary>
    internal static IEnumerable<(string Path, Module Host, Layer Layer)> Attached(Module network)
        => network.Modules().Where(found => found.Module.Follower is not null).Select(found => (found.Path, found.Module, found.Module.Follower!));

    /// <summary>Attaches copies of the source's attached layers at the same places, under the same names.</summary>
    public static void CopyFollowers(Module source, Module target, DType? type = null)
    {
        Dictionary<string, Module> places = target.Modules().ToDictionary(found => found.Path, found => found.Module);
        Dictionary<Module, string> names = source.Modules().ToDictionary(found => found.Module, found => found.Path);
        foreach ((string path, _, Layer layer) in Attached(source).ToArray())
        {
            if (places.TryGetValue(path, out Module? host))
            {
                Attach(target, path, host, names.GetValueOrDefault(layer), CopyOf(layer, type ?? PrecisionOf(source)));
            }
        }

        target.NamePaths();
    }

    /// <summary>Attaches an adapter after a layer and, when it has a name, adds it to the module tree.</summary>
    internal static void Attach(Module network, string path, Module host, string? name, Adapter adapter)
    {
        if (name is null)
        {
            host.Follower = adapter;
        }
        else
        {
            AdapterContainers.Attach(network, new PlannedAdapter(new AdapterSite(name, path, name), host, adapter));
        }
    }

    private static Adapter CopyOf(Layer follower, DType type)
    {
        if (follower is not Adapter source)
        {
            throw new GraftException(Failure.Model, "A layer that is attached to another layer and is not an adapter cannot be copied.");
        }

        Adapter copy = source.Options.Create(source.Channels);
        copy.Strength = source.Strength;
        copy.To(type);
        copy.Train(false);
        CopyState(source, copy);
        return copy;
    }
}
