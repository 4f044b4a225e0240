namespace Graft.VisionLanguage;

/// <summary>Sizes of a Qwen2 or Qwen3 decoder.</summary>
public sealed record QwenOptions
{
    /// <summary>Qwen3-0.6B: 28 layers, 596,049,920 parameters with its full vocabulary.</summary>
    public static readonly QwenOptions Qwen3Small = new();

    /// <summary>Number of token embeddings.</summary>
    public int VocabularySize { get; init; } = 151_936;

    /// <summary>Width of the hidden states.</summary>
    public int Width { get; init; } = 1024;

    /// <summary>Width inside the MLPs.</summary>
    public int MlpWidth { get; init; } = 3072;

    /// <summary>Number of layers.</summary>
    public int Layers { get; init; } = 28;

    /// <summary>Query heads.</summary>
    public int Heads { get; init; } = 16;

    /// <summary>Key and value heads; each serves Heads/KeyHeads query heads.</summary>
    public int KeyHeads { get; init; } = 8;

    /// <summary>Width of a head, which need not be Width/Heads.</summary>
    public int HeadWidth { get; init; } = 128;

    /// <summary>Added to mean squares in RMSNorm.</summary>
    public double Epsilon { get; init; } = 1e-6;

    /// <summary>Base of the rotary frequencies.</summary>
    public double RopeTheta { get; init; } = 1e6;

    /// <summary>Whether the output layer is the token embedding.</summary>
    public bool TiedHead { get; init; } = true;

    /// <summary>Whether query, key and value layers have biases (Qwen2).</summary>
    public bool QueryKeyValueBias { get; init; }

    /// <summary>Whether queries and keys are normalised per head (Qwen3).</summary>
    public bool QueryKeyNorm { get; init; } = true;
}
