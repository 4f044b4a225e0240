using Graft.Runs;

namespace Graft.VisionLanguage;

/// <summary>Which LoRA a PanoramaVLM is used with.</summary>
public enum LoraChoice
{
    /// <summary>The one there is: inside the checkpoint or in <c>lora_weights</c> beside it. If both are there they must agree.</summary>
    Auto,

    /// <summary>The one inside the checkpoint.</summary>
    Checkpoint,

    /// <summary>The one in a folder.</summary>
    Folder,

    /// <summary>None.</summary>
    None,
}
