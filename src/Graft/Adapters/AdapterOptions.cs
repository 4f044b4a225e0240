using System.ComponentModel.DataAnnotations;
using Graft.Configuration;

namespace Graft.Adapters;

/// <summary>The kind of an adapter, its settings and its sites; <c>kind:</c> names one of these or of those that <see cref="Register"/>
/// added.</summary>
[Kind("bottleneck", typeof(BottleneckOptions))]
[Kind("hierarchical", typeof(HierarchicalOptions))]
[Kind("lora", typeof(LoraOptions))]
[Kind("rep_mona", typeof(RepMonaOptions))]
[Kind("rep_mona_bn", typeof(RepMonaBnOptions))]
[Kind("true_mona", typeof(TrueMonaOptions))]
[Kind("true_mona_v2", typeof(TrueMonaV2Options))]
[Kind("moe_rep_mona", typeof(MoeRepMonaOptions))]
[Kind("moe_rep_mona_v2", typeof(MoeRepMonaV2Options))]
[Kind("merged_bottleneck", typeof(MergedBottleneckOptions))]
[Kind("merged_hierarchical", typeof(MergedHierarchicalOptions))]
[Kind("merged_rep_mona", typeof(MergedRepMonaOptions))]
[Kind("merged_true_mona", typeof(MergedTrueMonaOptions))]
[Kind("merged_moe_rep_mona", typeof(MergedMoeRepMonaOptions))]
[RegisteredKinds]
public abstract record AdapterOptions
{
    private static readonly Dictionary<string, string> ClassNames = new()
    {
        ["BottleneckAdapter"] = "bottleneck",
        ["HierarchicalAdapter"] = "hierarchical",
        ["LoRAAdapter"] = "lora",
        ["RepMoNAAdapter"] = "rep_mona",
        ["RepMoNAAdapterBN"] = "rep_mona_bn",
        ["TrueMoNAAdapter"] = "true_mona",
        ["TrueMoNAAdapterV2"] = "true_mona_v2",
        ["MoERepMoNAAdapter"] = "moe_rep_mona",
        ["MoERepMoNAAdapterV2"] = "moe_rep_mona_v2",
    };

    /// <summary>Patterns on the dotted names of the model's sites: <c>*</c> is one segment, <c>**</c> any number, <c>{3,4}</c>
    /// alternatives.</summary>
    public IReadOnlyList<string> At { get; init; } = [];

    /// <summary>Factor on the learning rate of the adapter's parameters.</summary>
    [Range(0.0, 1000.0)]
    public double LrMult { get; init; } = 1;

    /// <summary>Factor on the weight decay of the adapter's convolution weights; norms, biases and scales never decay.</summary>
    [Range(0.0, 1000.0)]
    public double DecayMult { get; init; } = 1;

    /// <summary>The mode in which the entry applies.</summary>
    public TuningWhen When { get; init; }

    /// <summary>The value of <c>kind:</c>.</summary>
    public string Kind => ConfigSchema.KindOf(GetType()) ?? GetType().Name;

    /// <summary>Whether a merge removes the adapter, or what remains and why.</summary>
    public abstract MergeRule Merge { get; }

    /// <summary>Builds the adapter for C channels, initialised to the identity.</summary>
    public abstract Adapter Create(int channels);

    /// <summary>Registers an adapter kind of another assembly: configurations and adapter files can then name it.</summary>
    /// <typeparam name="T">Its options.</typeparam>
    /// <param name="kind">The value of <c>kind:</c>.</param>
    /// <exception cref="GraftException">Of kind Usage: the name is taken by other options.</exception>
    public static void Register<T>(string kind)
        where T : AdapterOptions
        => RegisteredKindsAttribute.Add(kind, typeof(T));

    /// <summary>Options from a kind or the class name of the original, and settings such as <c>rank=8</c>.</summary>
    /// <exception cref="GraftException">Of kind Usage: unknown name or setting, with the nearest one.</exception>
    public static AdapterOptions Parse(string name, params IEnumerable<string> settings)
    {
        string kind = ClassNames.GetValueOrDefault(name, name);
        return ConfigFile.Defaults<Holder>([$"adapter.kind={kind}", .. settings.Select(setting => $"adapter.{setting}")]).Value.Adapter;
    }

    internal sealed record Holder
    {
        public required AdapterOptions Adapter { get; init; }
    }
}
