using System.Text.Json.Nodes;
using Graft.Rewriting;

namespace Graft.Cli.Rendering;

/// <summary>Shows a rewrite and its proof: the outputs that differ most, or all of them with <c>--verbose</c>.</summary>
internal static class RewriteOutput
{
    private const double Jump = 0.01;
    private const int Shown = 5;

    internal static void Print(RewriteReport report, string target, Output output)
    {
        ProofEntry[] proof = output.IsVerbose ? [.. report.Proof] : [.. report.Proof.OrderByDescending(entry => Rank(entry.MaxRelative)).Take(Shown)];
        output.Table(["output", "largest difference", "relative"], proof.Select(entry => new[] { entry.Name, $"{entry.MaxAbsolute:g2}", $"{entry.MaxRelative:g2}" }));
        if (proof.Length < report.Proof.Count)
        {
            output.Line($"{Counted.Of(report.Proof.Count, "output")} compared; the {proof.Length} that differ most are shown, all with --verbose");
        }

        string boxes = report.Boxes == 0 ? "no boxes to compare" : $"{Counted.Of(report.Boxes, "box")} {(report.Boxes == 1 ? "moves" : "move")} {report.BoxesMaxPx:g2} px at most";
        output.Line($"{(report.Exact ? "exact" : "not exact")}: largest difference {report.MaxAbs:g2} ({report.MaxRel:g2} relative); {boxes}{Rounding(report)}");
        output.Line($"{report.GflopsBefore:f2} GFLOP before, {report.GflopsAfter:f2} after; {report.MsBefore:f1} ms before, {report.MsAfter:f1} after");
        PrintLeft(report, output);
        foreach (string note in report.Notes)
        {
            output.Line($"note: {note}");
        }

        output.Line($"Written: {target}");
        JsonObject json = JsonNode.Parse(report.ToJson())!.AsObject();
        json["out"] = target;
        output.Result(json);
    }

    /// <summary>The adapters that did not merge completely, by reason, and their cost.</summary>
    private static void PrintLeft(RewriteReport report, Output output)
    {
        foreach (IGrouping<string, LeftPart> left in report.Left.GroupBy(part => part.Reason))
        {
            string places = output.IsVerbose ? $" ({string.Join(", ", left.Select(part => part.Name))})" : "";
            output.Line($"not merged completely: {Counted.Of(left.Count(), "adapter")}{places}: {left.Key}");
        }

        if (report.Left.Count > 0)
        {
            string time = report.LeftShareMs is { } share ? $" and {100 * share:f1} % time" : "";
            output.Line($"what is not merged costs {100 * report.LeftShareGflops:f1} % operations{time}; the original tools cannot load it, Graft can");
        }
    }

    /// <summary>Outputs that cannot be compared come first.</summary>
    private static double Rank(double difference) => double.IsNaN(difference) ? double.PositiveInfinity : difference;

    /// <summary>Where nearly equal scores change order, paired boxes lie far apart; so do those of the original between its two precisions.</summary>
    private static string Rounding(RewriteReport report)
        => report.RoundingBoxesPx is { } own && own > Jump && report.BoxesMaxPx > Jump ? $" (the original's own, from float64 to float32: {own:g2} px)" : "";
}
