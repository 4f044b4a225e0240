using Graft.Adapters;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>New instances of a network from its options and its state: rewrites work on these and never on what they were given.</summary>
public static class ModelCopy
{
    /// <summary>A copy with memory of its own, in evaluation mode, with copies of the adapters that are attached.</summary>
    /// <typeparam name="T">A network that Graft can build from its options.</typeparam>
    /// <param name="source">Stays as it is.</param>
    /// <param name="type">Precision of the copy; null: that of the source.</param>
    /// <exception cref="GraftException">Of kind Model: nobody knows how to build such a network.</exception>
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

    /// <summary>A network of the same options and precision with values of no meaning, and prompts if the source has them.</summary>
    internal static T Empty<T>(T source, DType? type = null)
        where T : Module
        => source switch
        {
            YoloWorld world => (T)(Module)Empty(world, world.Options, type),
            YoloV10 ten => Converted((T)(Module)new YoloV10(ten.Options), type ?? PrecisionOf(source)),
            _ => throw new GraftException(Failure.Model, $"A {source.GetType().Name} cannot be copied: it has no options to be built from."),
        };

    /// <summary>The same with other options.</summary>
    internal static YoloWorld Empty(YoloWorld source, YoloWorldOptions options, DType? type = null)
    {
        YoloWorld target = new(options);
        if (source.Prompts is { } prompts)
        {
            using TensorScope scope = TensorScope.Begin();
            target.LearnPrompts(prompts.Value.Detach().Clone());
        }

        return Converted(target, type ?? PrecisionOf(source));
    }

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
    internal static DType PrecisionOf(Module network) => network.Parameters().First().Parameter.Value.DType;

    /// <summary>What is attached behind layers, with the dotted paths of those layers.</summary>
    internal static IEnumerable<(string Path, Module Host, Layer Layer)> Attached(Module network)
        => network.Modules().Where(found => found.Module.Follower is not null).Select(found => (found.Path, found.Module, found.Module.Follower!));

    private static void CopyFollowers(Module source, Module target, DType? type)
    {
        Dictionary<string, Module> places = target.Modules().ToDictionary(found => found.Path, found => found.Module);
        foreach ((string path, Module module) in source.Modules())
        {
            if (module.Follower is { } follower)
            {
                places[path].Follower = CopyOf(follower, type ?? PrecisionOf(source));
            }
        }
    }

    private static Layer CopyOf(Layer follower, DType type)
    {
        Layer copy = follower switch
        {
            Adapter adapter => Adapted(adapter),
            _ => throw new GraftException(Failure.Model, $"A {follower.GetType().Name} that is attached to a layer cannot be copied."),
        };
        copy.To(type);
        copy.Train(false);
        CopyState(follower, copy);
        return copy;
    }

    private static Adapter Adapted(Adapter source)
    {
        Adapter copy = source.Options.Create(source.Channels);
        copy.Strength = source.Strength;
        return copy;
    }

    private static T Converted<T>(T network, DType type)
        where T : Module
    {
        network.To(type);
        network.Train(false);
        return network;
    }
}
