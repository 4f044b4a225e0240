namespace Graft.VisionLanguage;

/// <summary>Sizes of <see cref="MlpResampler"/>.</summary>
public sealed record MlpResamplerOptions : ResamplerOptions
{
    /// <summary>Width inside; the larger of input and output when null.</summary>
    public int? HiddenWidth { get; init; }

    /// <summary>Number of linear layers.</summary>
    public int Depth { get; init; } = 3;
}
