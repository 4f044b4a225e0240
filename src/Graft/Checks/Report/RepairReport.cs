namespace Graft.Checks;

/// <summary>A repaired copy of a data set.</summary>
/// <param name="Folder">The copy.</param>
/// <param name="Images">Its images.</param>
/// <param name="Boxes">Its boxes.</param>
/// <param name="Removed">What was left out or changed, one sentence each.</param>
public sealed record RepairReport(string Folder, int Images, int Boxes, IReadOnlyList<string> Removed);
