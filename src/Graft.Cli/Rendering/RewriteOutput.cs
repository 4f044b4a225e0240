using System.Text.Json.Nodes;
using Graft.Rewriting;

namespace Graft.Cli;

/// <summary>Shows a rewrite and its proof.</summary>
internal static class RewriteOutput
{
    internal static void Print(RewriteReport report, string target, Output output)
    {
        output.Table(["output", "largest difference", "relative"], report.Proof.Select(entry => new[] { entry.Name, $"{entry.MaxAbsolute:e1}", $"{entry.MaxRelative:e1}" }));
        output.Line($"{(report.Exact ? "exact" : "not exact")}: largest difference {report.MaxAbs:e1} ({report.MaxRel:e1} relative); {report.Boxes} boxes move {report.BoxesMaxPx:e1} px at most");
        output.Line($"{report.GflopsBefore:f2} GFLOP before, {report.GflopsAfter:f2} after; {report.MsBefore:f1} ms before, {report.MsAfter:f1} after");
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
