using System.Text.Json;
using System.Text.Json.Serialization;

namespace Graft.Rewriting;

/// <summary>What a rewrite did and its proof, as data: <c>--json</c> prints it, files contain it.</summary>
public sealed record RewriteReport
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        WriteIndented = true,
    };

    /// <summary>Whether everything is within the tolerance.</summary>
    public required bool Exact { get; init; }

    /// <summary>Largest absolute difference of any raw output in float32.</summary>
    public required double MaxAbs { get; init; }

    /// <summary>Largest difference relative to the largest value of its output in float32.</summary>
    public required double MaxRel { get; init; }

    /// <summary>The same in float64; null when it was not run.</summary>
    public double? MaxRelDouble { get; init; }

    /// <summary>The original's own rounding: its largest relative difference between float32 and float64; null when both were not run.</summary>
    public double? RoundingMaxRel { get; init; }

    /// <summary>The same for its final boxes, pixels.</summary>
    public double? RoundingBoxesPx { get; init; }

    /// <summary>Largest distance of a final box's side, pixels.</summary>
    public required double BoxesMaxPx { get; init; }

    /// <summary>Final boxes that were compared.</summary>
    public required int Boxes { get; init; }

    /// <summary>Final boxes that only one model has.</summary>
    public required int BoxesUnmatched { get; init; }

    /// <summary>What was merged or folded.</summary>
    public required IReadOnlyList<FoldedPart> Folded { get; init; }

    /// <summary>What was not merged, and why.</summary>
    public required IReadOnlyList<LeftPart> Left { get; init; }

    /// <summary>Remarks for the user, one sentence each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Operations of the original, 10⁹.</summary>
    public required double GflopsBefore { get; init; }

    /// <summary>Operations of the rewritten model, 10⁹.</summary>
    public required double GflopsAfter { get; init; }

    /// <summary>Operations of the rewritten model without what stayed attached, 10⁹.</summary>
    public required double GflopsPlain { get; init; }

    /// <summary>Median milliseconds of the original; null when not measured.</summary>
    public double? MsBefore { get; init; }

    /// <summary>Median milliseconds of the rewritten model.</summary>
    public double? MsAfter { get; init; }

    /// <summary>Median milliseconds of the rewritten model without what stayed attached.</summary>
    public double? MsPlain { get; init; }

    /// <summary>Share of the operations that stayed attached, 0..1.</summary>
    public double LeftShareGflops => GflopsPlain == 0 ? 0 : (GflopsAfter / GflopsPlain) - 1;

    /// <summary>Share of the time that stayed attached; null when not measured.</summary>
    public double? LeftShareMs => MsAfter / MsPlain - 1;

    /// <summary>Parameters of the original.</summary>
    public required long ParametersBefore { get; init; }

    /// <summary>Parameters of the rewritten model.</summary>
    public required long ParametersAfter { get; init; }

    /// <summary>The differences, one per output, input and precision.</summary>
    public required IReadOnlyList<ProofEntry> Proof { get; init; }

    /// <summary>Combines the log, the proof and the costs.</summary>
    /// <param name="log">What was done.</param>
    /// <param name="proof">Both models side by side.</param>
    /// <param name="before">Cost of the original.</param>
    /// <param name="after">Cost of the rewritten model.</param>
    /// <param name="plain">Cost of the rewritten model without what stayed attached.</param>
    public static RewriteReport Of(RewriteLog log, Proof proof, ModelCost before, ModelCost after, ModelCost plain)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(proof);
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(plain);
        BoxComparison boxes = proof.Boxes ?? BoxComparison.None;
        return new()
        {
            Exact = proof.IsExact,
            MaxAbs = proof.MaxAbsolute,
            MaxRel = proof.MaxRelative,
            MaxRelDouble = proof.MaxRelativeDouble,
            RoundingMaxRel = proof.Rounding?.Outputs.Max(output => output.MaxRelative),
            RoundingBoxesPx = proof.Rounding?.Boxes?.MaxPixels,
            BoxesMaxPx = boxes.MaxPixels,
            Boxes = boxes.Before,
            BoxesUnmatched = boxes.Unmatched,
            Folded = log.Folded,
            Left = log.Left,
            Notes = log.Notes,
            GflopsBefore = before.Gflops,
            GflopsAfter = after.Gflops,
            GflopsPlain = plain.Gflops,
            MsBefore = before.Milliseconds,
            MsAfter = after.Milliseconds,
            MsPlain = plain.Milliseconds,
            ParametersBefore = before.Parameters,
            ParametersAfter = after.Parameters,
            Proof = proof.Outputs,
        };
    }

    /// <summary>The report as JSON with the names that scripts read.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);
}
