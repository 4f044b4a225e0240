namespace Graft.Detectors;

/// <summary>The words that training can show: those of the classes first, then those that are never right.</summary>
/// <param name="Sampler">Draws from the rows.</param>
/// <param name="Synonyms">One row a synonym, in the order of the classes; null: the detector's own words, one row a class.</param>
/// <param name="Never">Rows of words that are never right; may be empty.</param>
/// <param name="Width">Numbers of a row.</param>
public sealed record WordBank(WordSampler Sampler, float[]? Synonyms, float[] Never, int Width);
