using Graft.Runtime;

namespace Graft.Export;

/// <summary>What the metadata of an exported model says about it.</summary>
/// <param name="Name">The model's name, such as that of its file.</param>
/// <param name="Family">Kind of the network, such as <c>yolo_world</c>.</param>
/// <param name="Version">Version of Graft.</param>
/// <param name="Names">Class names, in label order.</param>
/// <param name="TrainedOn">Name of the data.</param>
public sealed record ExportDescription(string Name, string Family, string Version, IReadOnlyList<string> Names, string TrainedOn)
{
    /// <summary>Entries of provenance: source, hashes, prompts, adapters, proof of the merge; each under <c>x-graft-</c> and its key.</summary>
    public IReadOnlyDictionary<string, string> Provenance { get; init; } = new Dictionary<string, string>();

    /// <summary>Score thresholds by class name; empty: one for all.</summary>
    public IReadOnlyDictionary<string, double> ClassThresholds { get; init; } = new Dictionary<string, double>();

    /// <summary>Date of the model: equal exports are equal files.</summary>
    public DateTime Date { get; init; } = DateTime.UnixEpoch;

    /// <summary>Where the text embeddings come from.</summary>
    public string TextSource { get; init; } = "";

    /// <summary>The text encoder of the embeddings; null where it is not known.</summary>
    public TextEncoderId? TextEncoder { get; init; }
}
