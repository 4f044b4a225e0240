namespace Graft.VisionLanguage;

/// <summary>Sizes of a SigLIP vision encoder.</summary>
public sealed record SiglipOptions
{
    /// <summary>SigLIP base, patches of 16, 224 pixels: 196 tokens.</summary>
    public static readonly SiglipOptions Base16 = new();

    /// <summary>Width of the hidden states.</summary>
    public int Width { get; init; } = 768;

    /// <summary>Width inside the MLPs.</summary>
    public int MlpWidth { get; init; } = 3072;

    /// <summary>Number of layers.</summary>
    public int Layers { get; init; } = 12;

    /// <summary>Attention heads.</summary>
    public int Heads { get; init; } = 12;

    /// <summary>Side of a patch in pixels.</summary>
    public int Patch { get; init; } = 16;

    /// <summary>Side of the image in pixels.</summary>
    public int Image { get; init; } = 224;

    /// <summary>Added to variances in layer norms.</summary>
    public double Epsilon { get; init; } = 1e-6;

    /// <summary>Patches along a side; pixels beyond the last whole patch are ignored.</summary>
    public int Grid => Image / Patch;
}
