namespace Graft.VisionLanguage;

/// <summary>Sizes of <see cref="BiMamba"/>.</summary>
public sealed record BiMambaOptions : ResamplerOptions
{
    /// <summary>Width of the blocks.</summary>
    public int Width { get; init; } = 1024;

    /// <summary>Number of blocks.</summary>
    public int Blocks { get; init; } = 4;

    /// <summary>States of each channel.</summary>
    public int StateSize { get; init; } = 64;

    /// <summary>Taps of the causal convolution.</summary>
    public int ConvTaps { get; init; } = 4;

    /// <summary>Inner width as a multiple of <see cref="Width"/>, truncated to a whole number.</summary>
    public double Expand { get; init; } = 1.75;
}
