using Graft.Files;

namespace Graft.VisionLanguage;

/// <summary>Settings for opening a PanoramaVLM.</summary>
public sealed record PanoramaOpening
{
    /// <summary>The file with the sizes; null: beside the checkpoint, else inferred from the weights.</summary>
    public string? SizesFile { get; init; }

    /// <summary>Which LoRA is used.</summary>
    public LoraChoice Lora { get; init; }

    /// <summary>The adapter's folder; null: <c>lora_weights</c> beside the checkpoint.</summary>
    public string? LoraFolder { get; init; }

    /// <summary>Whether the LoRA is merged into the weights.</summary>
    public bool Merge { get; init; } = true;

    /// <summary>Whether to choose the last checkpoint of a folder instead of the best.</summary>
    public bool Last { get; init; }

    /// <summary>What to do when two names of one tensor differ.</summary>
    public AliasChoice Aliases { get; init; }

    /// <summary>Names or patterns of tensors that may be missing or unexpected, and of targets that may have no tensors in an adapter.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>The language model of the start of training, a file or a folder, to compare with that of the checkpoint; null: not compared.</summary>
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
