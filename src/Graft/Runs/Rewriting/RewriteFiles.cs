using System.Text.Json;
using Graft.Adapters;
using Graft.Detectors;
using Graft.Files;
using Graft.Rewriting;

namespace Graft.Runs;

/// <summary>Writes a rewritten model so that every command opens it again: with its configuration, its prompts and its source.</summary>
public static class RewriteFiles
{
    /// <summary>Writes the file; complete or absent.</summary>
    /// <param name="result">The rewritten network with its proof.</param>
    /// <param name="source">The original model.</param>
    /// <param name="path">Target: .safetensors, or .pth for the original tools.</param>
    public static void Save(Rewritten result, TrainedModel source, string path)
    {
        RunConfig config = Described(source.Config, result.Network);
        Dictionary<string, string> metadata = Checkpoint.Metadata(config, result.Vocabulary ?? source.Vocabulary);
        metadata["graft.source"] = Path.GetFullPath(source.Path);
        metadata["graft.vocabulary"] = JsonSerializer.Serialize(source.Vocabulary.Names);
        if (result.Network.HasBakedVocabulary)
        {
            metadata["graft.new_words"] = "the vocabulary is fixed: bake new prompts into the file that graft.source names";
        }

        bool reads = result.Network is { TextWidth: not null, HasBakedVocabulary: false } and not IBakeable { HasLearnedPrompts: true };
        if (reads && source.Vocabulary.Embeddings is not null && Rewritten.RequireFileType(path) is ".safetensors")
        {
            // The original tools do not read prompts from a weight file, so only Graft's own format contains them.
            foreach ((string key, string value) in result.Metadata(source.Path))
            {
                metadata.TryAdd(key, value);
            }

            SafeTensorsWriter.Write(path, Checkpoint.Tensors(result.Network, source.Vocabulary), metadata);
            return;
        }

        result.Save(path, source.Path, metadata);
    }

    /// <summary>A configuration that builds a network with the adapters that are attached to it.</summary>
    internal static RunConfig Described(RunConfig config, DetectionNetwork network)
        => config with { Tuning = Rewritten.AdaptersOf(network) is { Count: > 0 } attached ? new TuningOptions { Adapters = attached } : null };
}
