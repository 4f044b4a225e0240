using Graft.Adapters;
using Graft.Detectors;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>New instances of a network from its options and its state: rewrites work on these and leave their source as it is.</summary>
public static class ModelCopy
{
    /// <summary>A copy with memory of its own, in evaluation mode, with copies of the adapters that are attached.</summary>
    /// <typeparam name="T">A detector's network.</typeparam>
    /// <param name="source">Stays as it is.</param>
    /// <param name="type">Precision of the copy; null: that of the source.</param>
    /// <exception cref="GraftException">Of kind Model: it is no detector's network.</exception>
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

    /// <summary>A copy without what is attached.</summary>
    internal static T Bare<T>(T source, DType? type = null)
        where T : Module
    {
        T target = Empty(source, type);
        CopyState(source, target);
        return target;
    }

    /// <summary>A network of the same options, form and precision with values of no meaning.</summary>
    internal static T Empty<T>(T source, DType? type = null)
        where T : Module
        => source is DetectionNetwork network ? (T)(Module)network.EmptyCopy(type ?? PrecisionOf(source))
            : throw new GraftException(Failure.Model, "This network cannot be copied: it is no detector's network, which builds itself from its options.");

    /// <summary>Copies every value that both have under one name in one shape.</summary>
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

    /// <summary>What is attached behind layers, with the dotted paths of those layers.</summary>
    internal static IEnumerable<(string Path, Module Host, Layer Layer)> Attached(Module network)
        => network.Modules().Where(found => found.Module.Follower is not null).Select(found => (found.Path, found.Module, found.Module.Follower!));

    /// <summary>Attaches copies of what is attached to the source at the same places, under the same names.</summary>
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

    /// <summary>Puts an adapter behind a layer and, when it has a name, into the module tree.</summary>
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
            throw new GraftException(Failure.Model, "A layer that is attached to another and is no adapter cannot be copied.");
        }

        Adapter copy = source.Options.Create(source.Channels);
        copy.Strength = source.Strength;
        copy.To(type);
        copy.Train(false);
        CopyState(source, copy);
        return copy;
    }
}
