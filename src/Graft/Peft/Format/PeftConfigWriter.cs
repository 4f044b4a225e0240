using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Graft.Files;

namespace Graft.Peft;

/// <summary>Writes <c>adapter_config.json</c> so that the PEFT library reads it.</summary>
public static class PeftConfigWriter
{
    /// <summary>Writes a configuration into a file that is complete or absent.</summary>
    /// <param name="path">The JSON file.</param>
    /// <param name="config">The configuration.</param>
    public static void Write(string path, PeftConfig config)
        => AtomicFile.WriteBytes(path, Encoding.UTF8.GetBytes(ToJson(config).ToJsonString(JsonStyles.IndentedAscii) + "\n"));

    internal static JsonObject ToJson(PeftConfig config) => new()
    {
        ["alpha_pattern"] = Map(config.AlphaPattern, Number),
        ["auto_mapping"] = null,
        ["base_model_name_or_path"] = config.BaseModel,
        ["bias"] = config.Bias switch { PeftBias.All => "all", PeftBias.LoraOnly => "lora_only", _ => "none" },
        ["exclude_modules"] = Targets(config.ExcludeModules),
        ["fan_in_fan_out"] = config.FanInFanOut,
        ["inference_mode"] = true,
        ["init_lora_weights"] = true,
        ["layers_pattern"] = config.LayersPattern.Count == 0 ? null : List(config.LayersPattern),
        ["layers_to_transform"] = config.LayersToTransform is { } layers ? new JsonArray([.. layers.Select(layer => (JsonNode)layer)])
            : null,
        ["lora_alpha"] = Number(config.Alpha),
        ["lora_bias"] = config.LoraBias,
        ["lora_dropout"] = config.Dropout,
        ["modules_to_save"] = config.ModulesToSave.Count == 0 ? null : List(config.ModulesToSave),
        ["peft_type"] = "LORA",
        ["r"] = config.Rank,
        ["rank_pattern"] = Map(config.RankPattern, rank => rank),
        ["revision"] = null,
        ["target_modules"] = Targets(config.TargetModules),
        ["task_type"] = config.TaskType,
        ["use_dora"] = config.UseDora,
        ["use_rslora"] = config.UseRsLora,
    };

    /// <summary>Whole alphas as integers, as PEFT's own field is declared.</summary>
    private static JsonNode Number(double value)
        => value == Math.Truncate(value) && Math.Abs(value) < 1e15 ? JsonValue.Create((long)value) : JsonValue.Create(value);

    private static JsonNode? Targets(PeftTargets targets)
        => targets.Pattern is { } pattern ? pattern : targets.Names.Count == 0 ? null : List(targets.Names);

    private static JsonArray List(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];

    private static JsonObject Map<T>(IEnumerable<KeyValuePair<string, T>> patterns, Func<T, JsonNode> make)
        => new(patterns.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key.ToString(CultureInfo.InvariantCulture),
            make(pair.Value))));
}
