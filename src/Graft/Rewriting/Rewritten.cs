using System.Text.Json;
using Graft.Adapters;
using Graft.Detectors;
using Graft.Files;
using Graft.Torch.Layers;
using Graft.Torch.Weights;

namespace Graft.Rewriting;

/// <summary>A rewritten model with its proof; the original is not changed and stays available, so that it can be rewritten again.</summary>
public sealed class Rewritten : IDisposable
{
    internal Rewritten(Subject subject, Subject source, Vocabulary? vocabulary, RewriteLog log, Proof proof, RewriteReport report)
        => (Subject, Source, Vocabulary, Log, Proof, Report) = (subject, source, vocabulary, log, proof, report);

    /// <summary>The rewritten network with its vocabulary.</summary>
    public Subject Subject { get; }

    /// <summary>The original network; not disposed by this.</summary>
    public Subject Source { get; }

    /// <summary>The vocabulary of the original; a record of it where it is baked into the rewritten network.</summary>
    public Vocabulary? Vocabulary { get; }

    /// <summary>What was done.</summary>
    public RewriteLog Log { get; }

    /// <summary>Both models side by side.</summary>
    public Proof Proof { get; }

    /// <summary>Everything as data.</summary>
    public RewriteReport Report { get; }

    /// <summary>The adapters that are still attached, each with its place: a <c>tuning:</c> section with these builds the rewritten network again.</summary>
    public IReadOnlyList<AdapterOptions> Adapters => AdaptersOf(Network);

    /// <summary>The rewritten network.</summary>
    public DetectionNetwork Network => Subject.Network;

    /// <summary>Source and proof as metadata for a weight file; other prompts can be baked into the source.</summary>
    /// <param name="source">The file that the original came from.</param>
    public Dictionary<string, string> Metadata(string source) => new()
    {
        ["graft.source"] = source,
        ["graft.source_hash"] = BaseHash.Of(Source.Network),
        ["graft.words"] = JsonSerializer.Serialize(Vocabulary?.Names ?? [], JsonStyles.Compact),
        ["graft.words_source"] = Vocabulary?.Source ?? "",
        ["graft.rewrites"] = JsonSerializer.Serialize(Log.Steps, JsonStyles.Compact),
        ["graft.proof"] = JsonSerializer.Serialize(new { max_abs = Report.MaxAbs, max_rel = Report.MaxRel, boxes_max_px = Report.BoxesMaxPx }),
    };

    /// <summary>Writes the rewritten network: <c>.pth</c> as the original tools read it (key <c>state_dict</c>), or <c>.safetensors</c>.</summary>
    /// <param name="path">Target; complete or absent.</param>
    /// <param name="source">The file that the original came from.</param>
    /// <param name="more">Further metadata.</param>
    /// <exception cref="GraftException">Of kind Usage: an unsupported file type.</exception>
    public void Save(string path, string source, IReadOnlyDictionary<string, string>? more = null)
    {
        Dictionary<string, string> metadata = Metadata(source);
        foreach ((string key, string value) in more ?? new Dictionary<string, string>())
        {
            metadata[key] = value;
        }

        IEnumerable<WeightData> tensors = Network.StateDict().Select(entry => WeightData.From(entry.Name, entry.Value));
        if (RequireFileType(path) == ".safetensors")
        {
            SafeTensorsWriter.Write(path, tensors, metadata);
        }
        else
        {
            TorchWriter.Write(path, tensors, "state_dict", metadata);
        }
    }

    /// <summary>Refuses a file that <see cref="Save"/> cannot write.</summary>
    /// <returns>Its extension in lower case.</returns>
    /// <exception cref="GraftException">Of kind Usage: an unsupported file type.</exception>
    public static string RequireFileType(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Path.GetExtension(path).ToLowerInvariant() is (".safetensors" or ".pth" or ".pt") and var known ? known
            : throw new GraftException(Failure.Usage, $"{path}: the file type is not supported.", "Use .safetensors, or .pth for the original tools.");
    }

    /// <summary>Frees the rewritten network.</summary>
    public void Dispose() => Network.Dispose();

    /// <summary>The adapters that are attached to a network, each with its place, as for a <c>tuning:</c> section.</summary>
    public static IReadOnlyList<AdapterOptions> AdaptersOf(DetectionNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return [.. ModelCopy.Attached(network).Select(found => ((Adapter)found.Layer).Options with
        {
            At = [network.Sites.FirstOrDefault(site => site.ModulePath == found.Path)?.Name ?? found.Path],
            When = TuningWhen.Always,
        })];
    }
}
