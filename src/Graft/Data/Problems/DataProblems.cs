using System.Globalization;
using Graft.Torch.Images;

namespace Graft.Data;

/// <summary>Collects what is wrong with one data set, so that the user sees all of it at once; thread-safe.</summary>
/// <param name="source">Names the data in messages.</param>
public sealed class DataProblems(string source)
{
    private const int Kept = 1000;
    private const int HalfRange = (ushort.MaxValue + 1) / 2;

    private readonly SortedDictionary<DataProblemKind, (int Count, List<string> Examples)> _found = [];
    private readonly List<(int Brightest, string Place)> _dark = [];
    private readonly Lock _lock = new();

    /// <summary>Names the data in messages.</summary>
    public string Source => source;

    /// <summary>How often one kind occurred.</summary>
    public int CountOf(DataProblemKind kind)
    {
        lock (_lock)
        {
            return Entry(kind).Count;
        }
    }

    /// <summary>Notes one problem and where it is.</summary>
    public void Add(DataProblemKind kind, string place)
    {
        lock (_lock)
        {
            (int count, List<string> examples) = Entry(kind);
            if (count < Kept)
            {
                examples.Add(place);
            }

            _found[kind] = (count + 1, examples);
        }
    }

    /// <summary>Notes problems of an image that is still used: damage, and 16-bit values that fill only part of their range.</summary>
    /// <param name="image">The decoded image.</param>
    /// <param name="path">Its file.</param>
    /// <param name="reading">How it was read.</param>
    public void Note(Image image, string path, ImageReading reading)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(reading);
        if (image.Damage is { } damage)
        {
            Add(DataProblemKind.DamagedImageUsed, $"{path}: {damage}");
        }

        if (image.Bits == 16 && reading.Depth is null && image.Brightest < HalfRange)
        {
            AddDark(image.Brightest, string.Create(CultureInfo.InvariantCulture, $"brightest value {image.Brightest} of {ushort.MaxValue}: {path}"));
        }
    }

    /// <summary>Dark images show the brightest first: their largest value shows how many bits are used.</summary>
    private void AddDark(int brightest, string place)
    {
        lock (_lock)
        {
            int count = Entry(DataProblemKind.DarkImage).Count;
            _dark.Add((brightest, place));
            _dark.Sort((a, b) => (b.Brightest, a.Place).CompareTo((a.Brightest, b.Place)));
            _dark.RemoveRange(Math.Min(DataProblem.Shown, _dark.Count), Math.Max(0, _dark.Count - DataProblem.Shown));
            _found[DataProblemKind.DarkImage] = (count + 1, [.. _dark.Select(one => one.Place)]);
        }
    }

    /// <summary>Adds everything in another collection.</summary>
    public void Add(DataProblems others)
    {
        foreach (DataProblem other in others.List())
        {
            Add(other);
        }
    }

    /// <summary>Adds one kind with its count.</summary>
    internal void Add(DataProblem other)
    {
        lock (_lock)
        {
            (int count, List<string> examples) = Entry(other.Kind);
            examples.AddRange(other.Examples.Take(Kept - examples.Count));
            _found[other.Kind] = (count + other.Count, examples);
        }
    }

    /// <summary>What was added since an earlier list.</summary>
    /// <param name="before">The earlier list.</param>
    internal IReadOnlyList<DataProblem> Since(IReadOnlyList<DataProblem> before) => [.. List()
        .Select(now => (Now: now, Before: before.FirstOrDefault(earlier => earlier.Kind == now.Kind)))
        .Where(pair => pair.Now.Count > (pair.Before?.Count ?? 0))
        .Select(pair => pair.Now with { Count = pair.Now.Count - (pair.Before?.Count ?? 0), Examples = [.. pair.Now.Examples.Skip(pair.Before?.Examples.Count ?? 0)] })];

    /// <summary>Throws one error of kind Data that lists every fatal problem; returns when there is none.</summary>
    public void ThrowIfFatal()
    {
        string fatal = string.Join("; ", List().Where(problem => problem.IsFatal));
        if (fatal.Length > 0)
        {
            throw new GraftException(Failure.Data, $"{source}: {fatal}.", "Correct the annotations; nothing was changed or written.");
        }
    }

    /// <summary>All problems so far, the fatal kinds first.</summary>
    public IReadOnlyList<DataProblem> List()
    {
        lock (_lock)
        {
            return [.. _found.Select(pair => new DataProblem(pair.Key, pair.Value.Count, [.. pair.Value.Examples])).OrderByDescending(problem => problem.IsFatal)];
        }
    }

    private (int Count, List<string> Examples) Entry(DataProblemKind kind)
        => _found.TryGetValue(kind, out (int Count, List<string> Examples) found) ? found : (0, []);
}
