namespace Graft.Files;

/// <summary>Two weight files by names, shapes and values.</summary>
public sealed class WeightComparison
{
    private WeightComparison(LoadReport names, IReadOnlyList<WeightDifference> tensors, double tolerance)
    {
        (Names, Tensors, Tolerance) = (names, tensors, tolerance);
        Different = [.. tensors.Where(one => !(one.AreEqual || one.MaxAbsolute <= tolerance))];
    }

    /// <summary>Names and shapes of the first file against those of the second.</summary>
    public LoadReport Names { get; }

    /// <summary>Tensors that both files have.</summary>
    public IReadOnlyList<WeightDifference> Tensors { get; }

    /// <summary>Largest difference of two values that counts as equal.</summary>
    public double Tolerance { get; }

    /// <summary>Tensors that differ by more than the tolerance, or in their shapes.</summary>
    public IReadOnlyList<WeightDifference> Different { get; }

    /// <summary>How many tensors hold the same values.</summary>
    public int Equal => Tensors.Count(one => one.AreEqual);

    /// <summary>Largest difference of two values; what is not finite has none.</summary>
    public double Largest => Tensors.Where(one => double.IsFinite(one.MaxAbsolute)).Select(one => one.MaxAbsolute).DefaultIfEmpty(0).Max();

    /// <summary>Whether both files have the same names and shapes, and values within the tolerance.</summary>
    public bool Agree => Different.Count == 0 && Names.IsComplete;

    /// <summary>Compares names and shapes of two files.</summary>
    /// <param name="file">The file.</param>
    /// <param name="expected">The file that it is compared with.</param>
    public static LoadReport OfNames(WeightFile file, WeightFile expected)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(expected);
        return LoadReport.Compare(expected.Entries.Select(entry => new ExpectedWeight(entry.Name, entry.Shape, entry.DType)), file);
    }

    /// <summary>Compares two files, values too.</summary>
    /// <param name="file">The file.</param>
    /// <param name="expected">The file that it is compared with.</param>
    /// <param name="tolerance">Largest difference of two values that counts as equal.</param>
    public static WeightComparison Between(WeightFile file, WeightFile expected, double tolerance = 0)
        => new(OfNames(file, expected),
            [.. file.Entries.Where(entry => expected.TryGet(entry.Name) is not null).Select(entry => WeightDifference.Between(entry.Name, expected[entry.Name], entry))],
            tolerance);
}
