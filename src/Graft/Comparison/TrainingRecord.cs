using Graft.Reports;
using Graft.Runs;
using Graft.Training;

namespace Graft.Comparison;

/// <summary>How a training went, as its run folder tells.</summary>
/// <param name="State">The state at its end.</param>
/// <param name="Rows">Its epochs.</param>
internal sealed record TrainingRecord(TrainingState State, IReadOnlyList<ResultsRow> Rows)
{
    /// <summary>Reads a run folder.</summary>
    internal static TrainingRecord Of(RunFolder folder) => new(ResumeFile.Peek(folder.Resume).State, ResultsCsv.Read(folder.Results));

    /// <summary>mAP50 over minutes.</summary>
    /// <param name="shared">Seconds that another run had spent on this one's features: they are spread over its epochs.</param>
    internal IReadOnlyList<CurvePoint> Curve(double shared) =>
        [.. Rows.Where(row => row.Map50 >= 0).Select(row => new CurvePoint((row.Time + (shared * row.Epoch / Rows[^1].Epoch)) / 60, row.Map50))];
}
