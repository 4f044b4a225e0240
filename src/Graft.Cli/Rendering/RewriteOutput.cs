using System.Text.Json.Nodes;
using Graft.Rewriting;

namespace Graft.Cli;

/// <summary>Shows a rewrite and its proof.</summary>
internal static class RewriteOutput
{
    private const double Jump = 0.01;

    internal static void Print(RewriteReport report, string target, Output output)
    {
        output.Table(["output", "largest difference", "relative"], report.Proof.Select(entry => new[] { entry.Name, $"{entry.MaxAbsolute:g2}", $"{entry.MaxRelative:g2}" }));
        output.Line($"{(report.Exact ? "exact" : "not exact")}: largest difference {report.MaxAbs:g2} ({report.MaxRel:g2} relative); {report.Boxes} boxes move {report.BoxesMaxPx:g2} px at most{Rounding(report)}");
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

    /// <summary>Where near-equal scores change places, boxes seem to jump; the original's do the same between its two precisions.</summary>
    private static string Rounding(RewriteReport report)
        => report.RoundingBoxesPx is { } own && own > Jump && report.BoxesMaxPx > Jump ? $" (the original's own, from float64 to float32: {own:g2} px)" : "";
}
