namespace Graft.VisionLanguage;

/// <summary>Sizes of <see cref="QFormer"/>; it is as wide as the vision encoder and has 8 heads.</summary>
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
