using System.Text.Json.Nodes;
using Graft.Adapters;

namespace Graft.Cli.Rendering;

/// <summary>Shows the contents of an adapter file.</summary>
internal static class AdapterOutput
{
    /// <summary>The kinds of its adapters, each once.</summary>
    internal static IEnumerable<string> Kinds(AdapterFile file) => file.Adapters.Select(adapter => adapter.Options.Kind).Distinct();

    /// <summary>The contents as JSON.</summary>
    internal static JsonObject Describe(string path, AdapterFile file) => new()
    {
        ["file"] = path,
        ["kinds"] = new JsonArray([.. Kinds(file).Select(kind => (JsonNode)kind)]),
        ["places"] = new JsonArray([.. file.Adapters.Select(adapter => (JsonNode)adapter.Site.Name)]),
        ["values"] = file.Count,
        ["unfrozen"] = new JsonArray([.. file.Unfrozen.Select(name => (JsonNode)name)]),
        ["prompts"] = new JsonArray([.. (file.Vocabulary?.Names ?? []).Select(name => (JsonNode)name)]),
        ["base_sha256"] = file.BaseHash,
    };
}
