namespace Graft.Comparison;

/// <summary>What a comparison runs; it is written before the first training, so that an interrupted comparison can be continued.</summary>
public sealed record ComparePlan
{
    /// <summary>Version of the file.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Version of the file.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The labelled images.</summary>
    public required string Data { get; init; }

    /// <summary>The base as it was given.</summary>
    public required string Base { get; init; }

    /// <summary>Hash of the base's weight file.</summary>
    public required string BaseHash { get; init; }

    /// <summary>Images of the base's own classes; null: the data that the base was trained with.</summary>
    public string? BaseData { get; init; }

    /// <summary>The model that is adapted, for people.</summary>
    public required string Model { get; init; }

    /// <summary>Class names in label order.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Training images.</summary>
    public required int TrainImages { get; init; }

    /// <summary>Validation images.</summary>
    public required int ValImages { get; init; }

    /// <summary>Objects in the validation images.</summary>
    public required int ValBoxes { get; init; }

    /// <summary>Runs of each strategy.</summary>
    public required int Seeds { get; init; }

    /// <summary>Minutes of each run; null: epochs were given.</summary>
    public double? Minutes { get; init; }

    /// <summary>Shares of the training images.</summary>
    public required IReadOnlyList<double> Fractions { get; init; }

    /// <summary>The strategies; the first is the baseline.</summary>
    public required IReadOnlyList<PlannedStrategy> Strategies { get; init; }

    /// <summary>The command line.</summary>
    public required string Command { get; init; }

    /// <summary>Version and revision of Graft.</summary>
    public required string Revision { get; init; }

    /// <summary>Processor, cores, memory, libraries.</summary>
    public required string Machine { get; init; }

    /// <summary>What the user should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The strategy of a name.</summary>
    public PlannedStrategy Strategy(string name) => Strategies.First(strategy => strategy.Name == name);

    /// <summary>Every cell: all strategies with the first seed, then with the next one; the largest share of images first.</summary>
    internal IEnumerable<CompareCell> Cells() => Enumerable.Range(0, Seeds).SelectMany(seed => Fractions.OrderDescending()
        .SelectMany(fraction => Strategies.Select(strategy => new CompareCell(strategy, seed, fraction))));
}

/// <summary>One run of a comparison.</summary>
/// <param name="Strategy">What is trained.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Fraction">Share of the training images, 0..1.</param>
internal sealed record CompareCell(PlannedStrategy Strategy, int Seed, double Fraction)
{
    /// <summary>Its folder, relative to that of the comparison.</summary>
    internal string Folder => Path.Combine(
        "cells", Strategy.Name, FormattableString.Invariant($"seed{Seed}") + (Fraction < 1 ? FormattableString.Invariant($"-{Fraction}") : ""));

    /// <summary>Images that are trained on.</summary>
    internal int Images(int all) => Math.Max(1, (int)Math.Round(Fraction * all));

    /// <summary>Epochs with as many steps as the whole data has.</summary>
    internal int Epochs(int all)
    {
        int steps = Strategy.Epochs * Steps(all);
        return Math.Max(1, (int)Math.Round((double)steps / Steps(Images(all))));
    }

    private int Steps(int images) => (images + Strategy.Batch - 1) / Strategy.Batch;
}
