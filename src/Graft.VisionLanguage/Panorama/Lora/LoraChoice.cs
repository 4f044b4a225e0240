using Graft.Runs;

namespace Graft.VisionLanguage;

/// <summary>Which LoRA a PanoramaVLM is used with.</summary>
public enum LoraChoice
{
    /// <summary>The LoRA inside the checkpoint or in <c>lora_weights</c> beside it; if both exist, they must agree.</summary>
    Auto,

    /// <summary>The one inside the checkpoint.</summary>
    Checkpoint,

    /// <summary>The one in a folder.</summary>
    Folder,

    /// <summary>None.</summary>
    None,
}
