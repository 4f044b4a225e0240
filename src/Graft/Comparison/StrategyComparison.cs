using System.Globalization;
using System.Text;
using Graft.Configuration;
using Graft.Data;
using Graft.Detectors;
using Graft.Evaluation;
using Graft.Files;
using Graft.Reports;
using Graft.Rewriting;
using Graft.Runs;
using Graft.Torch.Distributed;

namespace Graft.Comparison;

/// <summary>Trains every strategy from one base in the same time, several times, and says what can be concluded.</summary>
/// <example><code>
/// CompareResult result = StrategyComparison.Run(new CompareRequest(["adapt/head", "adapt/neck_and_head"], "boards", "base") { Minutes = 2 }, observer);
/// </code></example>
public sealed class StrategyComparison
{
    private const string CellFile = "cell.json";

    private readonly CompareFolder _folder;
    private readonly ComparePlan _plan;
    private readonly ICompareObserver _observer;
    private readonly BaseRetention _retention;
    private readonly CompareRuns _runs;
    private readonly ProcessGroup? _group;

    private StrategyComparison(CompareFolder folder, ComparePlan plan, ICompareObserver observer, ProcessGroup? group)
    {
        (_folder, _plan, _observer, _retention, _group) = (folder, plan, observer, new BaseRetention(plan.Base, plan.BaseData, observer.OnNote), group);
        _runs = new CompareRuns(folder, plan, observer, _retention);
    }

    /// <summary>Compares strategies, and writes the folder.</summary>
    /// <param name="request">What is compared.</param>
    /// <param name="observer">Receives the progress.</param>
    /// <param name="stop">Stops in order; the comparison can be continued.</param>
    /// <exception cref="GraftException">Of kind Usage: unknown strategies, or a time too short for one epoch; of kind Data: data that cannot be used;
    /// of kind Model: a base that does not fit a strategy; of kind Refused: the folder holds a comparison.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; the message says how to go on.</exception>
    public static CompareResult Run(CompareRequest request, ICompareObserver observer, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(observer);
        return Begin(request, observer, null, stop).Run(stop)!;
    }

    /// <summary>Compares strategies on several processes, each of which takes whole runs; rank 0 plans them and concludes.</summary>
    /// <param name="request">What is compared; rank 0's counts.</param>
    /// <param name="observer">Receives the progress of this process.</param>
    /// <param name="group">The processes; all see the folder.</param>
    /// <param name="stop">Stops in order.</param>
    /// <returns>The result at rank 0; null elsewhere.</returns>
    /// <exception cref="GraftException">As for one process; of kind Usage: a process does not see the folder.</exception>
    /// <exception cref="OperationCanceledException">A process was stopped.</exception>
    public static CompareResult? RunTogether(CompareRequest request, ICompareObserver observer, ProcessGroup group, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(observer);
        ArgumentNullException.ThrowIfNull(group);
        StrategyComparison? own = group.Leads ? Begin(request, observer, group, stop) : null;
        string path = Encoding.UTF8.GetString(group.Send(own is null ? null : Encoding.UTF8.GetBytes(Path.GetFullPath(own._folder.Path)), 0));
        return (own ?? Open(path, observer, group)).Run(stop);
    }

    private static StrategyComparison Begin(CompareRequest request, ICompareObserver observer, ProcessGroup? group, CancellationToken stop)
    {
        CompareFolder folder = CompareFolder.Take(request);
        ComparePlan plan;
        try
        {
            if (request.Overwrite)
            {
                folder.Clear();
            }

            plan = new ComparePlanner(request, folder, observer).Run(stop);
        }
        catch
        {
            folder.Clear();
            folder.Abandon();
            throw;
        }

        ReportJson.Save(folder.Plan, plan);
        StrategyComparison comparison = new(folder, plan, observer, group);
        if (group is not null)
        {
            // Every process needs them, and two would write the same file.
            plan.Cells().Where(cell => cell.Fraction < 1).ToList().ForEach(cell => comparison._runs.Subset(cell));
        }

        return comparison;
    }

    /// <summary>Continues a comparison: complete runs are not repeated, an interrupted one goes on where it was.</summary>
    /// <param name="path">Its folder.</param>
    /// <param name="observer">Receives the progress.</param>
    /// <param name="stop">Stops in order.</param>
    /// <exception cref="GraftException">Of kind Usage: no comparison is there; of kind Refused: its base has changed.</exception>
    public static CompareResult Continue(string path, ICompareObserver observer, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return Open(path, observer, null).Run(stop)!;
    }

    /// <summary>Continues a comparison on several processes, any number of them.</summary>
    /// <param name="path">Its folder.</param>
    /// <param name="observer">Receives the progress of this process.</param>
    /// <param name="group">The processes.</param>
    /// <param name="stop">Stops in order.</param>
    /// <returns>The result at rank 0; null elsewhere.</returns>
    public static CompareResult? ContinueTogether(string path, ICompareObserver observer, ProcessGroup group, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(observer);
        ArgumentNullException.ThrowIfNull(group);
        return Open(path, observer, group).Run(stop);
    }

    private static StrategyComparison Open(string path, ICompareObserver observer, ProcessGroup? group)
    {
        (CompareFolder folder, ComparePlan plan) = CompareFolder.Open(path);
        if (FileHash.Of(TrainedModel.FileOf(plan.Base)) != plan.BaseHash)
        {
            throw new GraftException(Failure.Refused, $"The base {plan.Base} has changed since the comparison {path} began.", "Restore it, or start again in another folder.");
        }

        return new StrategyComparison(folder, plan, observer, group);
    }

    private CompareResult? Run(CancellationToken stop)
    {
        CompareCell[] cells = [.. _plan.Cells()];
        bool stopped = false;
        try
        {
            RunCells(cells, stop);
        }
        catch (OperationCanceledException) when (_group is not null)
        {
            stopped = true;
        }

        if (_group is not null && _group.Add([stopped ? 1 : 0])[0] > 0)
        {
            throw new OperationCanceledException();
        }

        return _group is { Leads: false } ? null : Conclude([.. cells.Select(cell => ReportJson.Load<CellResult>(FileOf(cell)))]);
    }

    private string FileOf(CompareCell cell) => Path.Combine(_folder.In(cell.Folder), CellFile);

    /// <summary>Runs what is not complete: all of it, or what the other processes leave.</summary>
    private void RunCells(CompareCell[] cells, CancellationToken stop)
    {
        for (int number = Next(-1); number < cells.Length; number = Next(number))
        {
            CompareCell cell = cells[number];
            if (File.Exists(FileOf(cell)))
            {
                continue;
            }

            _observer.OnLine(Text($"{number + 1}/{cells.Length} {cell.Strategy.Name}, seed {cell.Seed}") + (cell.Fraction < 1 ? Text($", {cell.Fraction:p0} of the images") : ""));
            CellResult result = _runs.Run(cell, stop);
            ReportJson.Save(FileOf(cell), result);
            _observer.OnLine(Text($"   mAP50 {ScoreText.Of(result.Map50)}, mAP {ScoreText.Of(result.Map)} in {result.Seconds / 60:0.0} minutes"));
        }

        int Next(int number) => _group?.Take("cells") ?? number + 1;
    }

    private CompareResult Conclude(IReadOnlyList<CellResult> cells)
    {
        _observer.OnProgress(0, "intervals");
        DetectionDataset val = ValidationData();
        CocoGroundTruth truth = CocoGroundTruth.From(val);
        CompareStatistics statistics = CompareStatistics.Of(_plan, cells, cell => CocoResampling.Of(truth, Detections(cell)));
        CompareResult result = new(_folder, _plan, cells, statistics) { WithoutRetention = _retention.Reason };
        bool drawn = ComparePictures.Save(result, val, Detections);
        CompareReport.Save(result, drawn);
        if (Directory.Exists(_folder.Features))
        {
            Directory.Delete(_folder.Features, recursive: true);
        }

        return result;
    }

    private DetectionDataset ValidationData() => DetectionData.Open(ConfigFile.Load<RunConfig>(_folder.Config(_plan.Strategies[0].Name), []).Value.Data).Val;

    private IReadOnlyList<CocoResult> Detections(CellResult result)
    {
        CompareCell cell = new(_plan.Strategy(result.Strategy), result.Seed, result.Fraction);
        return CocoResultFile.Read(Path.Combine(_folder.In(cell.Folder), CompareRuns.DetectionsFile));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
