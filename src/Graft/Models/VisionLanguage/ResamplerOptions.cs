namespace Graft.Models.VisionLanguage;

/// <summary>Which resampler sits between the vision tower and the language model, and its sizes.</summary>
public abstract record ResamplerOptions;

/// <summary>Sizes of <see cref="QFormer"/>; it is as wide as the vision tower and has 8 heads.</summary>
public sealed record QFormerOptions : ResamplerOptions
{
    /// <summary>Learned queries, the tokens of one view afterwards.</summary>
    public int Queries { get; init; } = 64;

    /// <summary>Number of layers.</summary>
    public int Layers { get; init; } = 6;

    /// <summary>Rows of BERT's word table, which is stored and never used.</summary>
    public int VocabularySize { get; init; } = 30_522;

    /// <summary>Rows of the position table.</summary>
    public int Positions { get; init; } = 512;
}

/// <summary>Sizes of <see cref="MlpResampler"/>.</summary>
public sealed record MlpResamplerOptions : ResamplerOptions
{
    /// <summary>Width inside; the larger of input and output when null.</summary>
    public int? HiddenWidth { get; init; }

    /// <summary>Number of linear layers.</summary>
    public int Depth { get; init; } = 3;
}

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

    /// <summary>Inner width as a multiple of <see cref="Width"/>, cut to a whole number.</summary>
    public double Expand { get; init; } = 1.75;
}
