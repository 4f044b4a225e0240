using System.Text.Json;
using Graft.Files;

namespace Graft.Peft;

/// <summary>
/// Reads <c>adapter_config.json</c>: fields that affect the result are used, unsupported ones are refused, and remarks list the rest.
/// </summary>
public static class PeftConfigReader
{
    private const long LongestFile = 16 << 20;

    private static readonly string[] Neutral =
    [
        "auto_mapping", "revision", "inference_mode", "peft_version", "megatron_config", "megatron_core", "loftq_config", "eva_config",
        "corda_config", "qalora_group_size", "runtime_config", "ephemeral_gpu_offload", "lora_ga_config", "ensure_weight_tying",
    ];

    private static readonly string[] Refused =
    [
        "layer_replication", "trainable_token_indices", "target_parameters", "use_qalora", "alora_invocation_tokens", "arrow_config",
        "use_bdlora", "velora_config", "kasa_config", "monteclora_config",
    ];

    private static readonly string[] OtherMethods =
    [
        "PROMPT_TUNING", "MULTITASK_PROMPT_TUNING", "P_TUNING", "PREFIX_TUNING", "ADALORA", "BOFT", "ADAPTION_PROMPT", "IA3", "LOHA",
            "LOKR",
        "OFT", "POLY", "LN_TUNING", "VERA", "FOURIERFT", "XLORA", "HRA", "VBLORA", "CPT", "BONE", "RANDLORA", "TRAINABLE_TOKENS", "SHIRA",
        "C3A", "MISS", "ROAD", "WAVEFT", "OSF", "DELORA",
    ];

    private static readonly string[] BaseChanging = ["pissa", "olora", "corda", "loftq", "lora_ga", "mica"];

    /// <summary>Reads and checks a configuration.</summary>
    /// <param name="path">The JSON file.</param>
    /// <exception cref="GraftException">
    /// It cannot be read, is not a LoRA configuration, or has an invalid or unsupported setting.
    /// </exception>
    public static PeftConfig Read(string path)
    {
        FileInfo file = new(path);
        if (!file.Exists || file.Length > LongestFile)
        {
            throw Broken(path, file.Exists ? $"it has {file.Length} bytes, a configuration has a few thousand." : "there is no such file.",
                "An adapter is a folder with adapter_config.json and adapter_model.safetensors.");
        }

        try
        {
            return JsonText.Read(
                path,
                "a PEFT configuration",
                Failure.Model,
                root => root.ValueKind == JsonValueKind.Object ? Read(new PeftFields(path, root)) : throw Broken(path, "it is not a JSON object."),
                new JsonDocumentOptions { MaxDepth = 64, AllowDuplicateProperties = false });
        }
        catch (GraftException error) when (!error.Message.StartsWith(Printable.Name(path, 400), StringComparison.Ordinal))
        {
            // The error of a pattern does not name the file.
            throw new GraftException(error.Failure, $"{Printable.Name(path, 400)}: {error.Message}", error.Hint, error);
        }
    }

    internal static GraftException Broken(string path, string found, string? hint = null)
        => new(Failure.Model, $"{Printable.Name(path, 400)}: {found}", hint);

    private static PeftConfig Read(PeftFields fields)
    {
        CheckMethod(fields);
        foreach (string name in Refused.Where(fields.IsSet))
        {
            throw fields.Wrong(name, "a switch that changes what the adapter computes, which Graft does not support");
        }

        List<string> remarks = new();
        PeftConfig config = new()
        {
            Rank = fields.Rank("r", 8),
            Alpha = fields.Real("lora_alpha", 8),
            UseRsLora = fields.Truth("use_rslora"),
            UseDora = fields.Truth("use_dora"),
            LoraBias = fields.Truth("lora_bias"),
            FanInFanOut = fields.Truth("fan_in_fan_out"),
            Bias = fields.Bias(),
            TargetModules = fields.Targets("target_modules"),
            ExcludeModules = fields.Targets("exclude_modules"),
            ModulesToSave = fields.Texts("modules_to_save"),
            LayersToTransform = fields.Layers("layers_to_transform"),
            LayersPattern = fields.Texts("layers_pattern"),
            RankPattern = fields.Patterns("rank_pattern", fields.RankOf),
            AlphaPattern = fields.Patterns("alpha_pattern", fields.RealOf),
            Dropout = fields.Real("lora_dropout", 0),
            TaskType = fields.Text("task_type"),
            BaseModel = fields.Text("base_model_name_or_path"),
            Initialization = fields.Initialization(),
        };
        if (config.TargetModules.IsEmpty)
        {
            throw fields.Wrong("target_modules", "missing; it names the modules that are adapted");
        }

        config.LayersPattern.ToList().ForEach(PeftPattern.Check);
        if (config.Alpha == 0)
        {
            remarks.Add("lora_alpha is 0: the adapter has no effect");
        }

        if (BaseChanging.Any(name => config.Initialization.StartsWith(name, StringComparison.OrdinalIgnoreCase)))
        {
            remarks.Add($"init_lora_weights is {Printable.Quoted(config.Initialization)}: "
                + "training started by moving part of the base into the adapter, which then fits only that changed base, "
                + "unless it was converted when it was saved");
        }

        remarks.AddRange(fields.Unread.Where(name => !Neutral.Contains(name) && !Refused.Contains(name))
            .Select(name => $"the field {Printable.Quoted(name)} is not known and not used"));
        return config with { Remarks = remarks };
    }

    private static void CheckMethod(PeftFields fields)
    {
        string method = fields.Text("peft_type") ?? throw fields.Wrong("peft_type", "missing");
        if (method != "LORA")
        {
            throw fields.Wrong("peft_type", OtherMethods.Contains(method)
                ? $"{Printable.Quoted(method)}, another method than LoRA, which Graft does not support"
                : $"{Printable.Quoted(method)}, which is not known; LORA is");
        }
    }
}
