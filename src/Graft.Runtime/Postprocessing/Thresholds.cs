namespace Graft.Runtime.Postprocessing;

/// <summary>What a detection must fulfil, settled for one call.</summary>
/// <param name="Score">Boxes must score higher than this where the class has no threshold of its own.</param>
/// <param name="IgnoresClasses">Whether <paramref name="Score"/> holds for all classes.</param>
/// <param name="Iou">A box is dropped when it overlaps a better one of its class by more.</param>
/// <param name="Candidates">Best candidates kept before suppression.</param>
/// <param name="MaxPerImage">Best boxes kept per image.</param>
/// <param name="IsMultiLabel">Whether an anchor point may give one box per class.</param>
/// <param name="IsClassAgnostic">Whether boxes of different classes suppress each other.</param>
internal readonly record struct Thresholds(
    float Score, bool IgnoresClasses, float Iou, int Candidates, int MaxPerImage, bool IsMultiLabel, bool IsClassAgnostic)
{
    public float Of(int label, ReadOnlySpan<float> classes) => IgnoresClasses || (uint)label >= (uint)classes.Length ? Score : classes[label];
}
