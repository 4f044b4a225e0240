namespace Graft.Checks;

/// <summary>What a check found.</summary>
/// <param name="Data">Folder of the data set.</param>
/// <param name="Splits">The splits that could be read.</param>
/// <param name="ClassNames">Names of the classes of all splits, by label.</param>
/// <param name="Problems">Errors, then warnings, then remarks.</param>
/// <param name="Sheets">A sheet of cut-out boxes per class; at most 40 classes.</param>
public sealed record CheckReport(
    string Data, IReadOnlyList<CheckedBoxes> Splits, IReadOnlyList<string> ClassNames, IReadOnlyList<CheckProblem> Problems, IReadOnlyList<ClassSheet> Sheets)
{
    /// <summary>The repaired copy; null when none was asked for.</summary>
    public RepairReport? Repair { get; init; }

    /// <summary>Images that exist, of all splits.</summary>
    public int Images => Splits.Sum(split => split.Images.Count);

    /// <summary>Boxes that can be trained on, of all splits.</summary>
    public int Boxes => Splits.Sum(split => split.Boxes);

    /// <summary>Whether a problem is an error.</summary>
    public bool HasErrors => CountOf(CheckSeverity.Error) > 0;

    /// <summary>How many kinds of problems have a severity.</summary>
    public int CountOf(CheckSeverity severity) => Problems.Count(problem => problem.Severity == severity);
}
