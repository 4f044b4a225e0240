namespace Graft.VisionLanguage;

/// <summary>Which part of a PanoramaVLM is trained, and by which loss.</summary>
public enum PanoramaStage
{
    /// <summary>Resampler and VICReg projector, from the VICReg loss of neighbouring views.</summary>
    Vision,

    /// <summary>Resampler and projector, by next-token prediction.</summary>
    Resampler,

    /// <summary>LoRA updates of the language model, resampler and projector, by next-token prediction.</summary>
    Finetune,
}
