using System.Text.Json.Nodes;
using Graft.Checks;
using Graft.Data;

namespace Graft.Cli.Rendering;

/// <summary>Shows the check of a data set: counts, then problems with what to do, the most serious first.</summary>
internal static class CheckOutput
{
    private const int MaxClasses = 30;

    private static readonly (CheckSeverity Severity, string Noun)[] Groups =
        [(CheckSeverity.Error, "error"), (CheckSeverity.Warning, "warning"), (CheckSeverity.Remark, "remark")];

    internal static void Print(CheckReport report, string page, Output output)
    {
        output.Line($"{report.Data}: {Counted.Of(report.Images, "image")}, {Counted.Of(report.Boxes, "box")}, {Counted.Of(report.ClassNames.Count, "class")}");
        foreach (CheckedBoxes split in report.Splits)
        {
            output.Line($"  {split.Name}: {Counted.Of(split.Images.Count, "image")}, {Counted.Of(split.Boxes, "box")}");
        }

        if (report.Boxes > 0 && (report.ClassNames.Count <= MaxClasses || output.IsVerbose))
        {
            output.Table(["class", .. report.Splits.Select(split => split.Name), "small", "medium", "large"], CheckTable.Rows(report));
        }

        foreach ((CheckSeverity severity, string noun) in Groups)
        {
            foreach (CheckProblem problem in report.Problems.Where(problem => problem.Severity == severity))
            {
                Print(problem, noun, output);
            }
        }

        output.Line(report.Problems.Count == 0 ? "Nothing is wrong." : $"{string.Join(", ", Groups.Select(group => Counted.Of(report.CountOf(group.Severity), $"kind of {group.Noun}", $"kinds of {group.Noun}s")))}.");
        if (report.Repair is { } repair)
        {
            output.Line($"Repaired copy: {repair.Folder}, {Counted.Of(repair.Images, "image")}, {Counted.Of(repair.Boxes, "box")}");
            foreach (string removed in repair.Removed)
            {
                output.Line($"  {removed}");
            }
        }

        output.Line($"Page: {page}");
        output.Result(Json(report, page));
    }

    private static void Print(CheckProblem problem, string noun, Output output)
    {
        output.Line($"{noun}: {problem.Summary}");
        IReadOnlyList<string> places = problem.Problem.Examples;
        int shown = output.IsVerbose ? places.Count : Math.Min(DataProblem.Shown, places.Count);
        foreach (string place in places.Take(shown))
        {
            output.Line($"    {place}");
        }

        if (shown < problem.Problem.Count)
        {
            output.Line($"    … and {problem.Problem.Count - shown} more{(output.IsVerbose ? "" : "; --verbose lists them")}");
        }

        if (problem.Advice.Length > 0)
        {
            output.Line($"  {problem.Advice}");
        }
    }

    private static JsonObject Json(CheckReport report, string page)
    {
        JsonObject json = new()
        {
            ["data"] = report.Data,
            ["images"] = report.Images,
            ["boxes"] = report.Boxes,
            ["errors"] = report.CountOf(CheckSeverity.Error),
            ["warnings"] = report.CountOf(CheckSeverity.Warning),
            ["remarks"] = report.CountOf(CheckSeverity.Remark),
            ["problems"] = List(report.Problems, problem => new JsonObject
            {
                ["kind"] = problem.Kind,
                ["severity"] = problem.Severity.ToString().ToLowerInvariant(),
                ["count"] = problem.Problem.Count,
                ["examples"] = List(problem.Problem.Examples, example => JsonValue.Create(example)),
                ["text"] = problem.Summary,
                ["advice"] = problem.Advice,
            }),
            ["splits"] = List(report.Splits, split => Sizes(
                new JsonObject { ["name"] = split.Name, ["source"] = split.Source, ["images"] = split.Images.Count, ["boxes"] = split.Boxes, ["unlabelled"] = split.Unlabelled },
                split.Sizes())),
            ["classes"] = List([.. report.ClassNames.Select((name, label) => (name, label))], entry => new JsonObject
            {
                ["name"] = entry.name,
                ["splits"] = List(report.Splits, split => Sizes(new JsonObject { ["name"] = split.Name, ["boxes"] = split.Count(entry.label) }, split.Sizes(entry.label))),
            }),
            ["report"] = page,
        };
        if (report.Repair is { } repair)
        {
            json["fixed"] = new JsonObject
            {
                ["out"] = repair.Folder,
                ["images"] = repair.Images,
                ["boxes"] = repair.Boxes,
                ["repairs"] = List(repair.Removed, removed => JsonValue.Create(removed)),
            };
        }

        return json;
    }

    private static JsonObject Sizes(JsonObject json, (int Small, int Medium, int Large) sizes)
    {
        (json["small"], json["medium"], json["large"]) = (sizes.Small, sizes.Medium, sizes.Large);
        return json;
    }

    private static JsonArray List<T>(IReadOnlyList<T> items, Func<T, JsonNode?> one) => new([.. items.Select(one)]);
}
