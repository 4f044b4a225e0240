namespace Graft.Peft;

/// <summary>What kind of layer a pair of LoRA matrices adapts, by their shapes.</summary>
public enum LoraLayer
{
    /// <summary>A linear layer: A is r×in, B is out×r.</summary>
    Linear,

    /// <summary>A convolution over one to three axes: A is r×in×k…, B is out×(r/groups)×1….</summary>
    Convolution,

    /// <summary>An embedding: A is r×entries, B is width×r.</summary>
    Embedding,
}
