namespace Graft.Drawing;

/// <summary>A part of a text that one font draws.</summary>
/// <param name="Text">The part.</param>
/// <param name="Font">Its font; null when no font has its characters.</param>
internal readonly record struct TextRun(string Text, FontFile? Font);
