using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Graft.Configuration;
using Graft.Detectors;
using Graft.Files;

namespace Graft.Adapters;

/// <summary>The header of an adapter file. Version 2 is written, with JSON values; version 1, with YAML options, is read too.</summary>
internal static class AdapterHeader
{
    private const string Format = "graft-adapter", Version = "2", FirstVersion = "1", Expected = "the header of an adapter file";

    /// <summary>Whether a file is marked as an adapter file of any version.</summary>
    internal static bool IsAdapter(WeightFile file) => file.Metadata.GetValueOrDefault("format") == Format;

    /// <summary>Refuses a file that is not an adapter file of version 1 or 2.</summary>
    internal static void Require(WeightFile file)
    {
        string? version = file.Metadata.GetValueOrDefault("version");
        if (IsAdapter(file) && version is Version or FirstVersion)
        {
            return;
        }

        throw new GraftException(
            Failure.Model,
            file.Metadata.ContainsKey("graft.config") ? $"{file.Path} is a whole model, not an adapter file."
                : IsAdapter(file)
                    ? $"{file.Path} is an adapter file of version {Printable.Name(version ?? "(none)")}; expected {FirstVersion} or {Version}."
                : file.Entries.Any(entry => entry.Name.Contains(".lora_", StringComparison.Ordinal)) ? $"{file.Path} is an adapter of the PEFT library, not of Graft."
                : $"{file.Path} is not an adapter file.",
            "Adapter files are written by training as weights/adapter.safetensors. A whole model is used as the base; graft peft reads PEFT's adapters.");
    }

    /// <summary>The entries of the header.</summary>
    internal static Dictionary<string, string> Write(
        string baseHash, Vocabulary? vocabulary, IReadOnlyList<StoredAdapter> adapters, long parameters, IReadOnlyDictionary<string, string>? more)
        => new(more ?? new Dictionary<string, string>())
        {
            ["format"] = Format,
            ["version"] = Version,
            ["base_sha256"] = baseHash,
            ["kinds"] = string.Join(", ", adapters.Select(adapter => adapter.Options.Kind).Distinct()),
            ["parameters"] = parameters.ToString(CultureInfo.InvariantCulture),
            ["adapters"] = new JsonArray([.. adapters.Select(Json)]).ToJsonString(JsonStyles.Compact),
            ["prompts"] = JsonSerializer.Serialize(vocabulary?.Names ?? []),
        };

    /// <summary>The adapters that the header describes.</summary>
    /// <exception cref="GraftException">Of kind Model: it is inconsistent or names an unknown adapter.</exception>
    internal static IReadOnlyList<StoredAdapter> ReadAdapters(WeightFile file)
        => file.Metadata["version"] == FirstVersion ? ReadFirst(file) : Parse(file, "adapters", root => root.EnumerateArray().Select(one => new StoredAdapter(
            new AdapterSite(one.GetProperty("site").GetString()!, one.GetProperty("module").GetString()!, one.GetProperty("container").GetString()!),
            one.GetProperty("channels").GetInt32(), Options(file.Path, one.GetProperty("options")))).ToArray());

    /// <summary>The class names; none where the header has none.</summary>
    internal static string[] ReadNames(WeightFile file)
        => file.Metadata.ContainsKey("prompts") ? Parse(file, "prompts", root => root.EnumerateArray().Select(name => name.GetString()!).ToArray()) : [];

    internal static string Required(WeightFile file, string key)
        => file.Metadata.GetValueOrDefault(key) ?? throw new GraftException(Failure.Model, $"{file.Path}: its header has no '{key}'.");

    private static JsonNode Json(StoredAdapter adapter) => new JsonObject
    {
        ["site"] = adapter.Site.Name,
        ["module"] = adapter.Site.ModulePath,
        ["container"] = adapter.Site.ContainerPath,
        ["channels"] = adapter.Channels,
        ["options"] = ConfigWriter.ToJson(adapter.Options),
    };

    /// <summary>JSON with spaces is YAML, so options are bound like those of a configuration, with the same messages.</summary>
    private static AdapterOptions Options(string path, JsonElement options)
        => ConfigFile.Parse<OptionsList>(JsonSerializer.Serialize(new Dictionary<string, JsonElement[]> { ["adapters"] = [options] }, JsonStyles.Indented), path).Value.Adapters[0];

    private static StoredAdapter[] ReadFirst(WeightFile file)
    {
        string[][] sites = Parse(file, "sites", root => root.Deserialize<string[][]>()!);
        IReadOnlyList<AdapterOptions> options = ConfigFile.Parse<OptionsList>(Required(file, "adapters"), file.Path).Value.Adapters;
        if (sites.Length != options.Count || sites.Any(site => site.Length != 4))
        {
            throw new GraftException(Failure.Model, $"{file.Path}: its header lists {sites.Length} sites and {options.Count} adapters.");
        }

        return [.. sites.Zip(options, (site, one) => new StoredAdapter(
            new AdapterSite(site[0], site[1], site[2]), int.Parse(site[3], CultureInfo.InvariantCulture), one))];
    }

    private static T Parse<T>(WeightFile file, string key, Func<JsonElement, T> read)
        => JsonText.Parse(file.Path, Encoding.UTF8.GetBytes(Required(file, key)), Expected, Failure.Model, read);

    internal sealed record OptionsList
    {
        public IReadOnlyList<AdapterOptions> Adapters { get; init; } = [];
    }
}
