namespace Graft.Reports.Pages;

/// <summary>One key figure.</summary>
/// <param name="Value">The number as text, with its unit.</param>
/// <param name="Name">What it measures.</param>
/// <param name="Note">A short remark below, such as what it is compared with; may be empty.</param>
public sealed record KeyFigure(string Value, string Name, string Note = "");
