namespace Graft.Adaptation;

/// <summary>One choice of a plan.</summary>
/// <param name="Key">The setting, such as <c>train.imgsz</c>.</param>
/// <param name="Value">What was chosen.</param>
/// <param name="Reason">Why, in one line.</param>
public sealed record AdaptChoice(string Key, string Value, string Reason);
