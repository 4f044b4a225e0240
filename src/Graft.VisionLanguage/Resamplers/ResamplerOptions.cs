namespace Graft.VisionLanguage;

/// <summary>Which resampler sits between the vision encoder and the language model, and its sizes.</summary>
public abstract record ResamplerOptions;
