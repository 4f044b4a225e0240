namespace Graft.VisionLanguage;

/// <summary>One tokenised text.</summary>
/// <param name="Ids">Token ids.</param>
/// <param name="Labels">Target id at each position, −100 where it is ignored; null when the text is not trained on.</param>
/// <param name="Mask">0 for padding, 1 for other ids; null without padding.</param>
public sealed record TextTokens(int[] Ids, int[]? Labels = null, int[]? Mask = null);
