using Graft.Evaluation;

namespace Graft.Cli;

/// <summary>COCO numbers for people.</summary>
internal static class ScoreOutput
{
    internal static void Print(CocoScores scores, Output output)
    {
        output.Table(["class", "AP", "AP50"], [
            .. scores.PerClass.Select(one => new[] { one.Name, $"{one.Ap:f4}", $"{one.Ap50:f4}" }),
            ["all", $"{scores.Map:f4}", $"{scores.Map50:f4}"]]);
        output.Line($"AP75 {scores.Map75:f4}   AP small/medium/large {scores.MapSmall:f4} {scores.MapMedium:f4} {scores.MapLarge:f4}");
        output.Line($"AR 1/10/100 {scores.Mar1:f4} {scores.Mar10:f4} {scores.Mar100:f4}   AR small/medium/large {scores.MarSmall:f4} {scores.MarMedium:f4} {scores.MarLarge:f4}");
    }

    internal static void Print(Retention retention, Output output)
    {
        output.Table(["class", "AP before", "AP now", "drift"], [
            .. retention.Classes.Select(one => new[] { one.Name, $"{one.Before:f4}", $"{one.After:f4}", $"{one.Drift:+0.0000;-0.0000;0.0000}" }),
            ["all", $"{retention.Before:f4}", $"{retention.After:f4}", $"{retention.After - retention.Before:+0.0000;-0.0000;0.0000}"]]);
        output.Line($"retention {retention.Figure:p1}");
    }
}
