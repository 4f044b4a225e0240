using Graft.Files;

namespace Graft.VisionLanguage;

/// <summary>How a PanoramaVLM is opened.</summary>
public sealed record PanoramaOpening
{
    /// <summary>The file with sizes; null looks beside the checkpoint, then at the weights.</summary>
    public string? SizesFile { get; init; }

    /// <summary>Which LoRA.</summary>
    public LoraChoice Lora { get; init; }

    /// <summary>The adapter's folder; null looks for <c>lora_weights</c> beside the checkpoint.</summary>
    public string? LoraFolder { get; init; }

    /// <summary>Whether the LoRA is merged into the weights.</summary>
    public bool Merge { get; init; } = true;

    /// <summary>Whether the last checkpoint of a folder is wanted instead of the best.</summary>
    public bool Last { get; init; }

    /// <summary>What to do when two names of one tensor differ.</summary>
    public AliasChoice Aliases { get; init; }

    /// <summary>Names or patterns that may be missing, left over, or named by an adapter without tensors.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>The language model that training began from, a file or a folder, to be compared with the checkpoint's; null leaves that out.</summary>
    public string? LanguageModel { get; init; }

    internal PanoramaLoading Loading(bool lora, PanoramaVlmOptions? sizes = null) => new()
    {
        Sizes = sizes,
        SizesFile = SizesFile,
        Lora = lora,
        Merge = Merge,
        Aliases = Aliases,
        Allowed = new LoadOptions { MayMiss = Allowed, MayExceed = Allowed },
    };
}
