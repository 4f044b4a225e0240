namespace Graft.VisionLanguage;

/// <summary>Parts and sizes of a PanoramaVLM.</summary>
public sealed record PanoramaVlmOptions
{
    /// <summary>The vision encoder.</summary>
    public SiglipOptions Vision { get; init; } = SiglipOptions.Base16;

    /// <summary>The resampler.</summary>
    public ResamplerOptions Resampler { get; init; } = new QFormerOptions();

    /// <summary>The language model. The last token of its vocabulary is the placeholder of the image.</summary>
    public QwenOptions Language { get; init; } = QwenOptions.Qwen3Small with { VocabularySize = 151_670 };

    /// <summary>Width between resampler and projector.</summary>
    public int LatentWidth { get; init; } = 768;

    /// <summary>Width of the projector that only the VICReg loss uses.</summary>
    public int VicRegWidth { get; init; } = 768;

    /// <summary>Whether patches are normalised before the resampler.</summary>
    public bool VisionNorm { get; init; } = true;

    /// <summary>Share of a view that overlaps its neighbour.</summary>
    public double Overlap { get; init; } = 0.5;

    /// <summary>How the views' tokens are stitched.</summary>
    public StitchingMode Stitching { get; init; } = StitchingMode.DropOverlap;

    /// <summary>Id of the placeholder token of the image; null: the image precedes the text.</summary>
    public int? VisionTokenId { get; init; } = 151_669;

    /// <summary>Maximum text length in tokens; longer texts are truncated at the end.</summary>
    public int MaxTextLength { get; init; } = 512;
}
