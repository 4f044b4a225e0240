namespace Graft.Reports.Charts;

/// <summary>One bar.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its length, at least 0.</param>
/// <param name="Colour">Index into the palette; negative for grey.</param>
public sealed record ChartBar(string Name, double Value, int Colour);
