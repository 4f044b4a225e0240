using Graft.Files;

namespace Graft.Peft;

/// <summary>How names in a checkpoint of an adapted model become those of the plain model.</summary>
public static class PeftNames
{
    private const string Wrapped = "*" + PeftKey.Prefix + "*";

    /// <summary>
    /// For load reports: LoRA tensors count as merged, wrapped layers lose <c>base_layer</c>, everything loses PEFT's prefix.
    /// </summary>
    public static readonly NameMap Map = new()
    {
        [Wrapped + ".lora_A.*"] = NameMap.Merged,
        [Wrapped + ".lora_B.*"] = NameMap.Merged,
        [Wrapped + ".lora_embedding_A*"] = NameMap.Merged,
        [Wrapped + ".lora_embedding_B*"] = NameMap.Merged,
        [Wrapped + ".lora_magnitude_vector*"] = NameMap.Merged,
        [Wrapped + ".modules_to_save.*.*"] = "$1$2.$4",
        [Wrapped + ".original_module.*"] = NameMap.Drop("replaced by modules_to_save"),
        [Wrapped + ".base_layer.*"] = "**.*",
        [Wrapped] = "**",
    };
}
