using System.Text.Json.Nodes;
using Graft.Runs;

namespace Graft.Cli.Rendering;

/// <summary>Shows a joined model: its members, the proof and the costs.</summary>
internal static class JoinOutput
{
    internal static void Print(JoinReport report, string target, Output output)
    {
        output.Table(["member", "GFLOP alone", "added", "shared", "classes"], report.Members.Select(member => new[]
        {
            member.Name, $"{member.Gflops:f2}", $"{member.GflopsAdded:f2}", $"{100 * member.Shared:f0} %", Listed.First(member.Names, 6),
        }));
        output.Line(
            $"exact: {Counted.Of(report.Outputs, "output")} and {Counted.Of(report.Boxes, "box")} of {Counted.Of(report.Members.Count, "member")} are bit for bit those of each alone");
        output.Line(
            $"{report.GflopsAfter:f2} GFLOP: {report.GflopsBase:f2} the base alone, {report.GflopsBefore:f2} all separately; "
            + $"{report.MsAfter:f1} ms: {report.MsBase:f1} and {report.MsBefore:f1}");
        output.Line($"{report.ParametersAfter:n0} parameters, {report.ParametersBefore:n0} separately");
        foreach (string note in report.Notes)
        {
            output.Line($"note: {note}");
        }

        output.Line($"Written: {target}");
        JsonObject json = JsonNode.Parse(report.ToJson())!.AsObject();
        json["out"] = target;
        output.Result(json);
    }
}
