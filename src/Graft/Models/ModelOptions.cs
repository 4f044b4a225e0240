using Graft.Configuration;
using Graft.Detectors;
using Graft.Training;

namespace Graft.Models;

/// <summary>Which network, and its sizes; <c>model.kind</c> picks the record. A family of networks derives its own record.</summary>
[ModelKinds]
public abstract record ModelOptions
{
    /// <summary>A description of the network, such as <c>YOLO-World v2, size S (widen 0.5, deepen 0.33, last stage 1024)</c>.</summary>
    public abstract string Description { get; }

    /// <summary>Name of the shipped configuration that builds these sizes; null without one.</summary>
    public virtual string? ConfigName => null;

    /// <summary>Number of classes.</summary>
    public abstract int Classes { get; }

    /// <summary>Width of the text embeddings that the network reads; null: its classes are fixed.</summary>
    public virtual int? TextWidth => null;

    /// <summary>Whether every part of the network that can read text does; false where a vocabulary is baked in or classes are
    /// fixed.</summary>
    public virtual bool ReadsText => TextWidth is not null;

    /// <summary>Whether no part of the network reads text: classes are fixed, or a vocabulary is baked into all parts.</summary>
    public virtual bool NeedsNoText => TextWidth is null;

    /// <summary>Whether a vocabulary is baked into the classifier.</summary>
    public virtual bool HasBakedVocabulary => false;

    /// <summary>Whether a vocabulary can be baked in.</summary>
    public virtual bool CanBakeVocabulary => false;

    /// <summary>Patterns of tensors in published files that are not part of the network.</summary>
    public virtual IReadOnlyList<string> TensorsBesideNetwork => [];

    /// <summary>Builds the network with fresh weights.</summary>
    public abstract DetectionNetwork CreateNetwork();

    /// <summary>Builds the detector with fresh weights.</summary>
    /// <param name="vocabulary">Class names and, for networks that read text, embeddings.</param>
    /// <param name="loss">Assigner and gains; null: the published ones.</param>
    public abstract IDetector Create(Vocabulary vocabulary, DetectionLoss? loss = null);

    /// <summary>The same network for another number of classes.</summary>
    public abstract ModelOptions WithClasses(int classes);

    /// <summary>The same sizes in the form (folded, baked) in which a file holds the network: the form is not a setting, the weights
    /// determine
    /// it.</summary>
    /// <param name="shapes">Names and shapes of the file's tensors; of any network.</param>
    public virtual ModelOptions WithFormOf(WeightShapes shapes) => this;

    /// <summary>Sizes of the network in each of its published forms; empty where there is only one.</summary>
    /// <param name="side">Side of the input in pixels, a multiple of 32.</param>
    public virtual IReadOnlyList<NetworkForm> Forms(int side) => [];

    /// <summary>Options of a kind with some settings changed.</summary>
    /// <param name="kind">A registered kind, such as <c>yolo_world</c>.</param>
    /// <param name="settings"><c>key=value</c> each.</param>
    /// <exception cref="GraftException">No such kind or setting.</exception>
    public static ModelOptions Parse(string kind, params IEnumerable<string> settings)
        => ConfigFile.Defaults<Holder>([$"model.kind={kind}", .. settings.Select(setting => $"model.{setting}")]).Value.Model;

    internal sealed record Holder
    {
        public required ModelOptions Model { get; init; }
    }
}
