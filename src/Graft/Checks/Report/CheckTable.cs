using System.Globalization;

namespace Graft.Checks;

/// <summary>The table of counts: a row per class and one for all.</summary>
public static class CheckTable
{
    /// <summary>Rows of name, boxes per split, then small, medium and large boxes of all splits.</summary>
    public static IEnumerable<IReadOnlyList<string>> Rows(CheckReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        for (int label = 0; label < report.ClassNames.Count; label++)
        {
            yield return Row(report, report.ClassNames[label], label);
        }

        yield return Row(report, "all classes", null);
    }

    private static string[] Row(CheckReport report, string name, int? label)
    {
        (int Small, int Medium, int Large)[] sizes = [.. report.Splits.Select(split => split.Sizes(label))];
        int[] numbers =
        [
            .. report.Splits.Select(split => label is { } one ? split.Count(one) : split.Boxes),
            sizes.Sum(size => size.Small), sizes.Sum(size => size.Medium), sizes.Sum(size => size.Large),
        ];
        return [name, .. numbers.Select(number => number.ToString("N0", CultureInfo.InvariantCulture))];
    }
}
