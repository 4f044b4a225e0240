using Graft.Files;

namespace Graft.VisionLanguage;

/// <summary>Two names of one tensor with different values in a file.</summary>
/// <param name="First">The name that comes first in the file.</param>
/// <param name="Second">The name that comes later; PyTorch keeps its value.</param>
/// <param name="Target">The model's name.</param>
/// <param name="Difference">The difference of the values.</param>
public sealed record AliasConflict(string First, string Second, string Target, WeightDifference Difference)
{
    /// <summary>The conflicts in a load report.</summary>
    internal static IReadOnlyList<AliasConflict> Of(LoadReport report, WeightFile file)
    {
        Dictionary<string, WeightEntry> taken = report.Assignments.ToDictionary(one => one.Target, one => one.Entry);
        return [.. report.Conflicts.Select(pair => new AliasConflict(taken[pair.Target].Name, pair.Name, pair.Target,
            WeightDifference.Between(pair.Target, taken[pair.Target], file[pair.Name])))];
    }

    /// <summary>Both names and the largest difference.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"{Printable.Name(First)} and {Printable.Name(Second)} are one tensor but differ by up to {Difference.MaxAbsolute:g6}; PyTorch keeps the second");
}
