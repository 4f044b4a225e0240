using System.Text.Json;
using Graft.Adapters;
using Graft.Files;
using Graft.Models.YoloV10;
using Graft.Models.YoloWorld;
using Graft.Rewriting;

namespace Graft.Runs;

/// <summary>Writes a rewritten model so that every command opens it again: with its own configuration, its words and its source.</summary>
public static class RewriteFiles
{
    /// <summary>Writes the file; complete or not there.</summary>
    /// <param name="result">The rewritten network with its proof.</param>
    /// <param name="source">What it was made from.</param>
    /// <param name="path">Target: .safetensors, or .pth for the original tools.</param>
    public static void Save(Rewritten result, TrainedModel source, string path)
    {
        RunConfig config = source.Config with
        {
            Model = result.Network switch
            {
                YoloWorld world => world.Options,
                YoloV10 ten => ten.Options,
                _ => source.Config.Model,
            },
            Tuning = result.Adapters is { Count: > 0 } left ? new TuningOptions { Adapters = left } : null,
        };
        Dictionary<string, string> metadata = Checkpoint.Metadata(config, result.Words ?? source.Vocabulary);
        metadata["graft.source"] = Path.GetFullPath(source.Path);
        metadata["graft.vocabulary"] = JsonSerializer.Serialize(source.Vocabulary.Names);
        if (result.Network is YoloWorld { Options.BakedHead: > 0 })
        {
            metadata["graft.new_words"] = "the vocabulary is fixed: new words are baked into the file that graft.source names";
        }

        bool reads = result.Network is YoloWorld { Options: { BakedHead: 0 } or { BakedNeck: 0 }, Prompts: null };
        if (reads && source.Vocabulary.Embeddings is not null && Path.GetExtension(path) is ".safetensors")
        {
            // The original tools know no words inside a weight file, so only our own format carries them.
            foreach ((string key, string value) in result.Metadata(source.Path))
            {
                metadata.TryAdd(key, value);
            }

            SafeTensorsWriter.Write(path, Checkpoint.Tensors(result.Network, source.Vocabulary), metadata);
            return;
        }

        result.Save(path, source.Path, metadata);
    }
}
