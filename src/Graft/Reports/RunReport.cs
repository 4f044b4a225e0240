using System.Text.Json.Serialization;
using Graft.Evaluation;
using Graft.Reports.Charts;

namespace Graft.Reports;

/// <summary>The data of a run's report; <see cref="RunPage"/> turns it into a page.</summary>
public sealed record RunReport
{
    /// <summary>Name of the run folder.</summary>
    public required string Name { get; init; }

    /// <summary>The command line that started it.</summary>
    public required string Command { get; init; }

    /// <summary>When it started.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>How long it took, in seconds.</summary>
    public double Seconds { get; init; } = double.NaN;

    /// <summary>The network, such as "YOLO-World v2 N, 320 px".</summary>
    public string Model { get; init; } = string.Empty;

    /// <summary>The weights that it started from; empty for random ones.</summary>
    public string Base { get; init; } = string.Empty;

    /// <summary>The adapters, such as "Rep-MoNA rank 16 at neck.*"; empty for none.</summary>
    public string Adapters { get; init; } = string.Empty;

    /// <summary>Parameters of the network with its adapters.</summary>
    public long TotalParameters { get; init; }

    /// <summary>Parameters that were trained.</summary>
    public long TrainableParameters { get; init; }

    /// <summary>The data.</summary>
    public ReportData? Data { get; init; }

    /// <summary>Scores of the best epoch, with all classes; those of the last one where none was measured.</summary>
    public CocoScores? Scores { get; init; }

    /// <summary>Scores of two models side by side.</summary>
    public IReadOnlyList<ReportComparison> Comparisons { get; init; } = [];

    /// <summary>One row per epoch.</summary>
    public IReadOnlyList<ResultsRow> Results { get; init; } = [];

    /// <summary>Further curves, such as precision over recall.</summary>
    public IReadOnlyList<Chart> Charts { get; init; } = [];

    /// <summary>Training images per second.</summary>
    public double ImagesPerSecond { get; init; } = double.NaN;

    /// <summary>Largest resident memory in megabytes.</summary>
    public double PeakMemoryMb { get; init; } = double.NaN;

    /// <summary>Settings that differ from the defaults, by their config keys.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Warnings: skipped images, an early stop, steps without a finite gradient.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Images of the run folder.</summary>
    [JsonPropertyName("pictures")]      // the field that scripts read
    public IReadOnlyList<ReportImage> Images { get; init; } = [];

    /// <summary>Processor, threads, system and library versions.</summary>
    public string Machine { get; init; } = string.Empty;

    /// <summary>Version and revision of Graft.</summary>
    public string Revision { get; init; } = string.Empty;
}
