using System.Globalization;
using Graft.Evaluation;

namespace Graft.Cli.Rendering;

/// <summary>COCO numbers for people.</summary>
internal static class ScoreOutput
{
    internal static void Print(CocoScores scores, Output output)
    {
        output.Table(["class", "AP", "AP50"], [
            .. scores.PerClass.Select(one => new[] { one.Name, Score(one.Ap), Score(one.Ap50) }),
            ["all", Score(scores.Map), Score(scores.Map50)]]);
        output.Line($"AP75 {Score(scores.Map75)}   AP small/medium/large {Score(scores.MapSmall)} {Score(scores.MapMedium)} {Score(scores.MapLarge)}");
        output.Line($"AR 1/10/100 {Score(scores.Mar1)} {Score(scores.Mar10)} {Score(scores.Mar100)}   AR small/medium/large {Score(scores.MarSmall)} {Score(scores.MarMedium)} {Score(scores.MarLarge)}");
    }

    internal static void Print(Retention retention, Output output)
    {
        output.Table(["class", "AP before", "AP after", "drift"], [
            .. retention.Classes.Select(one => new[] { one.Name, Score(one.Before), Score(one.After), Drift(one.Drift) }),
            ["all", Score(retention.Before), Score(retention.After), Drift(retention.After - retention.Before)]]);
        output.Line(string.Create(CultureInfo.InvariantCulture, $"retention {retention.Figure:p1}"));
    }

    /// <summary>Four decimals; a dash where nothing defines the score.</summary>
    internal static string Score(double score) => score >= 0 ? score.ToString("f4", CultureInfo.InvariantCulture) : "–";

    private static string Drift(double drift) => drift.ToString("+0.0000;-0.0000;0.0000", CultureInfo.InvariantCulture);
}
