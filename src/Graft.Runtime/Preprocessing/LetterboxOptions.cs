namespace Graft.Runtime.Preprocessing;

/// <summary>How images are fitted into the network's input.</summary>
/// <param name="FitFirst">Whether to start with the aspect-preserving resize that truncates sizes; YOLOv10 does not.</param>
/// <param name="ScaleUp">Whether the padding step may enlarge.</param>
/// <param name="Multiple">Pad only up to multiples of this many pixels instead of the whole input; 0: pad all of it.</param>
/// <param name="Padding">Value of the padding, in all channels.</param>
internal sealed record LetterboxOptions(bool FitFirst = true, bool ScaleUp = false, int Multiple = 0, byte Padding = 114);
