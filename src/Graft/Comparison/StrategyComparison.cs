using System.Globalization;
using Graft.Configuration;
using Graft.Data;
using Graft.Detectors;
using Graft.Evaluation;
using Graft.Files;
using Graft.Reports;
using Graft.Rewriting;
using Graft.Runs;

namespace Graft.Comparison;

/// <summary>Trains every strategy from one base in the same time, several times, and says what can be concluded.</summary>
/// <example><code>
/// CompareResult result = StrategyComparison.Run(new CompareRequest(["adapt/head", "adapt/neck_and_head"], "boards", "base") { Minutes = 2 }, observer);
/// </code></example>
public sealed class StrategyComparison
{
    private const string CellFile = "cell.json", DetectionsFile = "detections.json";

    private readonly CompareFolder _folder;
    private readonly ComparePlan _plan;
    private readonly ICompareObserver _observer;
    private readonly BaseRetention _retention;

    private StrategyComparison(CompareFolder folder, ComparePlan plan, ICompareObserver observer)
        => (_folder, _plan, _observer, _retention) = (folder, plan, observer, new BaseRetention(plan.Base, plan.BaseData, observer.OnNote));

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
        return new StrategyComparison(folder, plan, observer).Run(stop);
    }

    /// <summary>Continues a comparison: complete runs are not repeated, an interrupted one goes on where it was.</summary>
    /// <param name="path">Its folder.</param>
    /// <param name="observer">Receives the progress.</param>
    /// <param name="stop">Stops in order.</param>
    /// <exception cref="GraftException">Of kind Usage: no comparison is there; of kind Refused: its base has changed.</exception>
    public static CompareResult Continue(string path, ICompareObserver observer, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(observer);
        (CompareFolder folder, ComparePlan plan) = CompareFolder.Open(path);
        if (FileHash.Of(TrainedModel.FileOf(plan.Base)) != plan.BaseHash)
        {
            throw new GraftException(Failure.Refused, $"The base {plan.Base} has changed since the comparison {path} began.", "Restore it, or start again in another folder.");
        }

        return new StrategyComparison(folder, plan, observer).Run(stop);
    }

    private CompareResult Run(CancellationToken stop)
    {
        CompareCell[] cells = [.. _plan.Cells()];
        List<CellResult> results = [];
        foreach (CompareCell cell in cells)
        {
            string file = Path.Combine(_folder.In(cell.Folder), CellFile);
            if (File.Exists(file))
            {
                results.Add(ReportJson.Load<CellResult>(file));
                continue;
            }

            _observer.OnLine(Text($"{results.Count + 1}/{cells.Length} {cell.Strategy.Name}, seed {cell.Seed}") + (cell.Fraction < 1 ? Text($", {cell.Fraction:p0} of the images") : ""));
            CellResult result = RunCell(cell, stop);
            ReportJson.Save(file, result);
            results.Add(result);
            _observer.OnLine(Text($"   mAP50 {ScoreText.Of(result.Map50)}, mAP {ScoreText.Of(result.Map)} in {result.Seconds / 60:0.0} minutes"));
        }

        return Conclude(results);
    }

    private CellResult RunCell(CompareCell cell, CancellationToken stop)
    {
        RunFolder folder = Train(cell, stop);
        TrainingRecord record = TrainingRecord.Of(folder);
        if (folder.Model is not { } file)
        {
            throw new GraftException(Failure.Runtime, $"{folder.Path} holds no weights.", $"Delete the folder and continue: graft compare --resume {_folder.Path}");
        }

        using TrainedModel model = TrainedModel.Open(file, []);
        EvaluationResult found = Evaluate(model, cell);
        CocoResultFile.Write(folder.In(DetectionsFile), found.Results);
        _observer.OnProgress(0, $"merging {cell.Strategy.Name}");
        (RewriteReport? merge, string? refused) = Merge(model, folder.In("merged.safetensors"));
        double? retention = _retention.Of(file);
        double shared = Math.Max(0, ((long)cell.Strategy.Views * cell.Images(_plan.TrainImages)) - record.State.FeatureViews) * cell.Strategy.SecondsPerView;
        return new CellResult
        {
            Strategy = cell.Strategy.Name,
            Seed = cell.Seed,
            Fraction = cell.Fraction,
            Images = cell.Images(_plan.TrainImages),
            Epochs = record.State.Epoch,
            BestEpoch = record.State.BestEpoch + 1,
            Seconds = record.State.Seconds + shared,
            SharedSeconds = shared,
            Map50 = found.Scores.Map50,
            Map = found.Scores.Map,
            PerClass = found.Scores.PerClass,
            Retention = retention,
            Curve = record.Curve(shared),
            FileBytes = new FileInfo(File.Exists(folder.Adapter) ? folder.Adapter : file).Length,
            GflopsBefore = merge?.GflopsBefore ?? double.NaN,
            GflopsAfter = merge?.GflopsAfter ?? double.NaN,
            MsBefore = merge?.MsBefore,
            MsAfter = merge?.MsAfter,
            Merged = merge?.Folded.Count ?? 0,
            Left = merge?.Left.Count ?? 0,
            MergeDifference = merge?.MaxAbs,
            Refused = refused,
            LargestGradient = record.State.LargestNorm,
            SkippedSteps = record.State.BadSteps,
        };
    }

    /// <summary>Trains a cell, or goes on with its run; a complete run is left as it is.</summary>
    private RunFolder Train(CompareCell cell, CancellationToken stop)
    {
        string path = _folder.In(cell.Folder);
        RunFolder folder = RunFolder.At(path);
        bool began = File.Exists(folder.Resume) && File.Exists(folder.Arguments);
        Resumption? resume = began ? Resumption.Open(folder) : null;
        string source = resume is null ? _folder.Config(cell.Strategy.Name) : folder.Arguments;
        RunConfig config = ConfigFile.Load<RunConfig>(source, resume is null ? Settings(cell) : []).Value;
        if (resume is not null && resume.State.Epoch >= config.Train.Epochs)
        {
            return folder;
        }

        using TrainingRun run = new(config, new TrainingRequest
        {
            ConfigFolder = Path.GetFullPath(_folder.Path),
            Base = resume is null ? TrainedModel.FileOf(_plan.Base) : null,
            WorkDir = path,
            Overwrite = true,
            Command = _plan.Command,
            Resume = resume,
        });
        _observer.OnTraining(config.Train.Epochs);
        run.Run(_observer, stop);
        stop.ThrowIfCancellationRequested();
        return folder;
    }

    /// <summary>What a cell changes in the configuration of its strategy.</summary>
    private List<string> Settings(CompareCell cell)
    {
        List<string> settings = [Text($"train.seed={cell.Seed}")];
        if (cell.Fraction < 1)
        {
            settings.AddRange([Text($"train.epochs={cell.Epochs(_plan.TrainImages)}"), $"data.train={Subset(cell)}"]);
        }

        return settings;
    }

    /// <summary>Writes the annotations of a part of the training images: of one seed, smaller parts are contained in larger ones.</summary>
    private string Subset(CompareCell cell)
    {
        string path = Path.GetFullPath(_folder.In("subsets", Text($"seed{cell.Seed}-{cell.Fraction}.json")));
        if (File.Exists(path))
        {
            return path;        // of a strategy before
        }

        DetectionDataset train = DetectionData.Open(ConfigFile.Load<RunConfig>(_folder.Config(cell.Strategy.Name), []).Value.Data).Train;
        int[] order = [.. Enumerable.Range(0, train.Images.Count).OrderBy(i => SplitMix64.For(cell.Seed, i).Next())];
        HashSet<int> chosen = [.. order.Take(cell.Images(train.Images.Count))];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        CocoWriter.Write(CocoFile.Of(train, chosen.Contains, Path.GetDirectoryName(path)!, path));
        return path;
    }

    private EvaluationResult Evaluate(TrainedModel model, CompareCell cell)
    {
        DetectionDataset val = ModelEvaluation.Open(model);
        return ModelEvaluation.Run(model, val, done => _observer.OnProgress((double)done / val.Images.Count, $"{cell.Strategy.Name} {done}/{val.Images.Count}"));
    }

    private static (RewriteReport? Report, string? Refused) Merge(TrainedModel model, string path)
    {
        try
        {
            return (ModelRewriting.Merge(model, path), null);
        }
        catch (MergeRefusedException error)
        {
            return (null, error.Message);
        }
        finally
        {
            File.Delete(path);
        }
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
        return CocoResultFile.Read(Path.Combine(_folder.In(cell.Folder), DetectionsFile));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
