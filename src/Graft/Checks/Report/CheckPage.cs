using System.Globalization;
using Graft.Data;
using Graft.Files;
using Graft.Reports;
using Graft.Reports.Pages;

namespace Graft.Checks;

/// <summary>The page of a check: counts, problems with advice, classes, and a sheet of boxes per class.</summary>
public static class CheckPage
{
    private const int MostPlaces = 50;

    /// <summary>Writes <c>check.html</c>, one file with all images inside; an earlier one is replaced.</summary>
    /// <param name="report">The result.</param>
    /// <param name="folder">Where.</param>
    /// <returns>The path of the page.</returns>
    public static string Save(CheckReport report, string folder)
    {
        ArgumentNullException.ThrowIfNull(report);
        string path = Path.Combine(folder, "check.html");
        AtomicFile.WriteText(path, HtmlView.Of(Of(report)));
        return path;
    }

    private static Page Of(CheckReport report)
    {
        List<PageBlock> blocks = [Figures(report)];
        AddProblems(blocks, report, CheckSeverity.Error, "Errors");
        AddProblems(blocks, report, CheckSeverity.Warning, "Warnings");
        AddProblems(blocks, report, CheckSeverity.Remark, "Remarks");
        if (report.Problems.Count == 0)
        {
            blocks.Add(new TextBlock("Nothing is wrong with this data set."));
        }

        if (report.Repair is { } repair)
        {
            blocks.Add(new HeadingBlock("Repaired copy"));
            blocks.Add(new TextBlock($"{repair.Folder}: {Counted.Of(repair.Images, "image")}, {Counted.Of(repair.Boxes, "box")}{string.Concat(repair.Removed.Select(removed => $"; {removed}"))}."));
        }

        if (report.Boxes > 0)
        {
            AddNumbers(blocks, report);
            blocks.Add(new HeadingBlock("Boxes of each class"));
            blocks.AddRange(report.Sheets.Select(sheet => new ImageBlock(
                $"data:image/jpeg;base64,{Convert.ToBase64String(sheet.Jpeg)}",
                Text($"{report.ClassNames[sheet.Label]}: {sheet.Boxes:N0} of {report.Splits.Sum(split => split.Count(sheet.Label)):N0} boxes"))));
        }

        return new Page($"Check of {Path.GetFileName(report.Data)}", report.Data, blocks);
    }

    private static FiguresBlock Figures(CheckReport report)
    {
        KeyFigure[] splits = [.. report.Splits.Select(split => new KeyFigure(
            Text($"{split.Images.Count:N0}"), $"images, {split.Name}", Text($"{split.Boxes:N0} boxes, {split.Unlabelled:N0} images without")))];
        return new FiguresBlock(
        [
            .. splits,
            new KeyFigure(Text($"{report.ClassNames.Count:N0}"), "classes"),
            new KeyFigure(Text($"{report.CountOf(CheckSeverity.Error)}"), "kinds of errors", "data lost, or scores wrong"),
            new KeyFigure(Text($"{report.CountOf(CheckSeverity.Warning)}"), "kinds of warnings", "probably mistakes"),
        ]);
    }

    private static void AddProblems(List<PageBlock> blocks, CheckReport report, CheckSeverity severity, string heading)
    {
        CheckProblem[] problems = [.. report.Problems.Where(problem => problem.Severity == severity)];
        if (problems.Length > 0)
        {
            blocks.Add(new HeadingBlock(heading));
            blocks.Add(new TableBlock(
                [TableColumn.Text("what"), TableColumn.Text("where, such as"), TableColumn.Text("what to do")],
                [.. problems.Select(problem => new[] { problem.Summary, Places(problem.Problem), problem.Advice })]));
        }
    }

    private static string Places(DataProblem problem)
        => string.Join("; ", problem.Examples.Take(MostPlaces)) + (problem.Count > MostPlaces ? Text($"; … and {problem.Count - MostPlaces:N0} more (--json lists them)") : "");

    private static void AddNumbers(List<PageBlock> blocks, CheckReport report)
    {
        blocks.Add(new HeadingBlock("Counts and sizes"));
        blocks.Add(new TableBlock(
            [TableColumn.Text("class"), .. report.Splits.Select(split => new TableColumn(split.Name)), new("small"), new("medium"), new("large")],
            [.. CheckTable.Rows(report)])
        {
            Emphasized = [report.ClassNames.Count],
        });
        blocks.Add(new TextBlock("Small, medium and large as in COCO: areas below 32 × 32, below 96 × 96 and above, in pixels of the image."));
        LabelledObject[] objects =
        [
            .. from split in report.Splits
               from image in split.Images
               from item in image.Objects
               select new LabelledObject(item.Label, item.Box, image.Width, image.Height),
        ];
        LabelOverview overview = new(report.ClassNames, objects);
        blocks.Add(new ChartsBlock([overview.Sizes, overview.Centres]));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
