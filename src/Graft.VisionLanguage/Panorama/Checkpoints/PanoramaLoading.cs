using Graft.Files;

namespace Graft.VisionLanguage;

/// <summary>Settings for loading a PanoramaVLM checkpoint.</summary>
public sealed record PanoramaLoading
{
    /// <summary>Sizes; null: read or inferred.</summary>
    public PanoramaVlmOptions? Sizes { get; init; }

    /// <summary>A file with the sizes; null: <c>model_config.json</c> beside the checkpoint.</summary>
    public string? SizesFile { get; init; }

    /// <summary>Whether the LoRA inside the checkpoint is used.</summary>
    public bool Lora { get; init; } = true;

    /// <summary>Whether LoRA updates are merged into the weights; else they are kept separate.</summary>
    public bool Merge { get; init; } = true;

    /// <summary>What to do when two names of one tensor differ.</summary>
    public AliasChoice Aliases { get; init; }

    /// <summary>Differences that are allowed.</summary>
    public LoadOptions Allowed { get; init; } = LoadOptions.Exact;
}
