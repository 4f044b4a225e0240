using System.Text.Json;

namespace Graft.Runtime.Models;

/// <summary>The classes of the adapters that were exported with a base, by the version in their files.</summary>
internal static class AdapterVocabularies
{
    /// <summary>Reads the key x-graft-adapters; empty where it is missing, or where classes are an input.</summary>
    /// <exception cref="OnnxDetectorException">Of kind Model: the key is wrong.</exception>
    public static IReadOnlyDictionary<int, Vocabulary> Read(OpenModel model, OnnxDetectorOptions options)
    {
        const string Key = "adapters";
        ModelDescription description = model.Contract.Description;
        Dictionary<int, Vocabulary> vocabularies = [];
        MetadataReader metadata = new(model.File, description.Metadata);
        if (description.TextWidth > 0 || metadata.Json(Key, JsonValueKind.Array) is not JsonElement list)
        {
            return vocabularies;
        }

        foreach (JsonElement item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("version", out JsonElement version) || !version.TryGetInt32(out int number)
                || !item.TryGetProperty("names", out JsonElement found) || found.ValueKind != JsonValueKind.Array)
            {
                throw metadata.Wrong(Key, $"holds {item.GetRawText()}; an object with \"version\" and \"names\" is expected");
            }

            string[] names = metadata.Strings(found, Key)!;
            vocabularies[number] = names.Length == description.Names.Count
                ? new Vocabulary(names, [], description, options)
                : throw metadata.Wrong(Key, $"has an adapter with {names.Length} names; the model has {description.Names.Count} classes");
        }

        return vocabularies;
    }
}
