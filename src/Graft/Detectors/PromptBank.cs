namespace Graft.Detectors;

/// <summary>The prompts that training samples from: those of the classes first, then negatives, which name nothing in the images.</summary>
/// <param name="Sampler">Samples from the rows.</param>
/// <param name="Synonyms">One row per synonym, in the order of the classes; null: the detector's own vocabulary, one row per class.</param>
/// <param name="Negatives">Rows of the negatives, then of the templates' texts; may be empty.</param>
/// <param name="Width">Numbers per row.</param>
public sealed record PromptBank(PromptSampler Sampler, float[]? Synonyms, float[] Negatives, int Width);
