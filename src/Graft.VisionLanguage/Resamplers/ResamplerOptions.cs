namespace Graft.VisionLanguage;

/// <summary>The resampler between the vision encoder and the language model, and its sizes.</summary>
public abstract record ResamplerOptions;
