using System.Text.Json;
using Graft.Rewriting;

namespace Graft.Runs;

/// <summary>A member of a joined model: where it comes from and what it costs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Source">Its file.</param>
/// <param name="Names">Names of its classes in the joined model.</param>
/// <param name="Gflops">Operations of the model alone, 10⁹.</param>
/// <param name="GflopsAdded">Operations that it adds to those of the members before it, 10⁹.</param>
public sealed record JoinedMemberReport(string Name, string Source, IReadOnlyList<string> Names, double Gflops, double GflopsAdded)
{
    /// <summary>Share of its operations that it takes from the members before it, 0..1.</summary>
    public double Shared => Gflops == 0 ? 0 : 1 - (GflopsAdded / Gflops);
}

/// <summary>A join with its proof and its costs, as data: <c>--json</c> prints it.</summary>
public sealed record JoinReport
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>Whether every member answers bit for bit as it does alone.</summary>
    public required bool Exact { get; init; }

    /// <summary>Largest absolute difference of any raw output of any member.</summary>
    public required double MaxAbs { get; init; }

    /// <summary>Raw outputs that were compared.</summary>
    public required int Outputs { get; init; }

    /// <summary>Final boxes that were compared.</summary>
    public required int Boxes { get; init; }

    /// <summary>Largest distance of a final box's side, pixels.</summary>
    public required double BoxesMaxPx { get; init; }

    /// <summary>Class names of the joined model, in label order.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The members, the base first.</summary>
    public required IReadOnlyList<JoinedMemberReport> Members { get; init; }

    /// <summary>Operations of all members running separately, 10⁹.</summary>
    public required double GflopsBefore { get; init; }

    /// <summary>Operations of the joined model, 10⁹.</summary>
    public required double GflopsAfter { get; init; }

    /// <summary>Operations of the base alone, 10⁹.</summary>
    public required double GflopsBase { get; init; }

    /// <summary>Median milliseconds of all members running separately; null when not measured.</summary>
    public double? MsBefore { get; init; }

    /// <summary>Median milliseconds of the joined model.</summary>
    public double? MsAfter { get; init; }

    /// <summary>Median milliseconds of the base alone.</summary>
    public double? MsBase { get; init; }

    /// <summary>Parameters of all members together.</summary>
    public required long ParametersBefore { get; init; }

    /// <summary>Parameters of the joined model: what members have in common counts once.</summary>
    public required long ParametersAfter { get; init; }

    /// <summary>Remarks for the user, one sentence each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The report as JSON with the names that scripts read.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Measures the costs of a joined model and combines them with its proof.</summary>
    /// <param name="joined">The joined model.</param>
    /// <param name="proof">Every member against itself alone.</param>
    /// <param name="sources">The file of each member.</param>
    /// <param name="options">Side of the image, and timed runs.</param>
    /// <param name="notes">Remarks.</param>
    internal static JoinReport Of(
        JoinedDetector joined, Proof proof, IReadOnlyList<string> sources, ProofOptions options, IReadOnlyList<string> notes)
    {
        IReadOnlyList<ModelCost> costs = ModelCost.Of(options.CostSide, options.TimedRuns, [Subject.Of(joined.Joined), .. joined.Joined.Members]);
        (ModelCost all, ModelCost[] alone) = (costs[0], [.. costs.Skip(1)]);
        IReadOnlyList<double> added = joined.Joined.AddedGflops(options.CostSide);
        BoxComparison boxes = proof.Boxes ?? BoxComparison.None;
        return new()
        {
            Exact = proof.IsExact,
            MaxAbs = proof.MaxAbsolute,
            Outputs = proof.Outputs.Count,
            Boxes = boxes.Before,
            BoxesMaxPx = boxes.MaxPixels,
            Names = joined.Names,
            Members = [.. joined.Members.Select((member, i) => new JoinedMemberReport(member.Name, sources[i], member.Names, alone[i].Gflops, added[i]))],
            GflopsBefore = alone.Sum(cost => cost.Gflops),
            GflopsAfter = all.Gflops,
            GflopsBase = alone[0].Gflops,
            MsBefore = alone.Sum(cost => cost.Milliseconds),
            MsAfter = all.Milliseconds,
            MsBase = alone[0].Milliseconds,
            ParametersBefore = alone.Sum(cost => cost.Parameters),
            ParametersAfter = all.Parameters,
            Notes = notes,
        };
    }
}
