namespace Graft.VisionLanguage;

/// <summary>Sizes of <see cref="QFormer"/>; it is as wide as the vision encoder and has 8 heads.</summary>
public sealed record QFormerOptions : ResamplerOptions
{
    /// <summary>Number of learned queries, which become the tokens of one view.</summary>
    public int Queries { get; init; } = 64;

    /// <summary>Number of layers.</summary>
    public int Layers { get; init; } = 6;

    /// <summary>Number of BERT's word embeddings, which are stored and not used.</summary>
    public int VocabularySize { get; init; } = 30_522;

    /// <summary>Number of position embeddings.</summary>
    public int Positions { get; init; } = 512;
}
