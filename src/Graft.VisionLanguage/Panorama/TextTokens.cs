namespace Graft.VisionLanguage;

/// <summary>One text as the language model takes it.</summary>
/// <param name="Ids">Token ids.</param>
/// <param name="Labels">What the model should say at each id, −100 where it does not count; null when nothing is learned from the text.</param>
/// <param name="Mask">0 for ids that only pad a batch, 1 for the others; null when all count.</param>
public sealed record TextTokens(int[] Ids, int[]? Labels = null, int[]? Mask = null);
