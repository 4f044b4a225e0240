using System.Text.Json;
using Graft.Configuration;
using Graft.Detectors;
using Graft.Files;
using Graft.Models;
using Graft.Runtime;
using Graft.Torch.Layers;
using Graft.Torch.Weights;

namespace Graft.Runs;

/// <summary>Graft's own weight file: safetensors with configuration, class names and source.</summary>
public static class Checkpoint
{
    /// <summary>Key of the text embeddings, N×D, besides the network's keys.</summary>
    public const string EmbeddingsKey = "vocabulary.embeddings";

    /// <summary>Metadata key of the hash of the base of a tuned model.</summary>
    public const string BaseHashKey = "graft.base_sha256";

    private const string ConfigKey = "graft.config", NamesKey = "graft.names", SourceKey = "graft.vocabulary_source", EncoderKey = "graft.text_encoder";

    /// <summary>Writes a detector.</summary>
    /// <param name="path">Target; complete or absent.</param>
    /// <param name="detector">Its network's state dict is written.</param>
    /// <param name="vocabulary">Its names and embeddings.</param>
    /// <param name="config">The configuration of its training.</param>
    /// <param name="more">Further metadata.</param>
    public static void Write(
        string path, IDetector detector, Vocabulary vocabulary, RunConfig config, IReadOnlyDictionary<string, string>? more = null)
    {
        Dictionary<string, string> metadata = Metadata(config, vocabulary);
        foreach ((string key, string value) in more ?? new Dictionary<string, string>())
        {
            metadata[key] = value;
        }

        SafeTensorsWriter.Write(path, Tensors(detector.Network, vocabulary), metadata);
    }

    /// <summary>A network's state and the text embeddings of its prompts.</summary>
    public static IReadOnlyList<WeightData> Tensors(Module network, Vocabulary vocabulary)
    {
        List<WeightData> tensors = [.. network.StateDict().Select(entry => WeightData.From(entry.Name, entry.Value))];
        if (vocabulary.Embeddings is { } rows)
        {
            tensors.Add(WeightData.From(EmbeddingsKey, rows, vocabulary.Names.Count, rows.Length / vocabulary.Names.Count));
        }

        return tensors;
    }

    /// <summary>Metadata of a weight file of Graft: the configuration, the class names, the source of the prompts.</summary>
    public static Dictionary<string, string> Metadata(RunConfig config, Vocabulary vocabulary)
    {
        Dictionary<string, string> metadata = new()
        {
            [ConfigKey] = ConfigWriter.ToYaml(config),
            [NamesKey] = JsonSerializer.Serialize(vocabulary.Names),
            [SourceKey] = vocabulary.Source,
        };
        if (vocabulary.Encoder is { } encoder)
        {
            metadata[EncoderKey] = JsonSerializer.Serialize(encoder);
        }

        return metadata;
    }

    /// <summary>The hash of the base of the model in a file; null when it was not tuned.</summary>
    public static string? BaseHashOf(string path)
    {
        using WeightFile file = WeightFile.Open(path);
        return file.Metadata.GetValueOrDefault(BaseHashKey);
    }

    /// <summary>Whether a file contains Graft's metadata.</summary>
    public static bool IsGraftFile(WeightFile file) => file.Metadata.ContainsKey(ConfigKey);

    /// <summary>Whether metadata describes a model: its configuration and its class names.</summary>
    internal static bool IsComplete(IReadOnlyDictionary<string, string> metadata) => metadata.ContainsKey(ConfigKey) && metadata.ContainsKey(NamesKey);

    /// <summary>The configuration in a weight file of Graft, with the network in the form of the file.</summary>
    public static RunConfig ConfigOf(WeightFile file, params IEnumerable<string> overrides)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (JoinedFile.IsJoined(file))
        {
            return ConfigOf(JoinedFile.PartsOf(file)[0].In(file), overrides);
        }

        RunConfig config = ConfigFile.Parse<RunConfig>(file.Metadata[ConfigKey], $"{file.Path}: {ConfigKey}", overrides).Value;
        return config with { Model = ModelFamilies.WithFormOf(config.Model, file) };
    }

    /// <summary>A configuration with some settings changed.</summary>
    public static RunConfig Changed(RunConfig config, IEnumerable<string> overrides)
        => ConfigFile.Parse<RunConfig>(ConfigWriter.ToYaml(config), "the configuration", overrides).Value;

    /// <summary>Names and embeddings in a weight file of Graft.</summary>
    public static Vocabulary VocabularyOf(WeightFile file)
    {
        if (JoinedFile.IsJoined(file))
        {
            return JoinedFile.VocabularyOf(file);
        }

        string[] names = JsonSerializer.Deserialize<string[]>(file.Metadata[NamesKey]) ?? [];
        return new Vocabulary(names, file.TryGet(EmbeddingsKey)?.ToSingles(), file.Metadata.GetValueOrDefault(SourceKey, "unknown"))
        {
            Encoder = file.Metadata.TryGetValue(EncoderKey, out string? encoder) ? JsonSerializer.Deserialize<TextEncoderId>(encoder) : null,
        };
    }
}
