using System.Globalization;
using Graft.Configuration;
using Graft.Data;
using Graft.Evaluation;
using Graft.Files;
using Graft.Rewriting;
using Graft.Runs;

namespace Graft.Comparison;

/// <summary>Carries out the runs of a comparison.</summary>
internal sealed class CompareRuns
{
    /// <summary>Name of the detections of a run in its folder.</summary>
    internal const string DetectionsFile = "detections.json";

    private readonly CompareFolder _folder;
    private readonly ComparePlan _plan;
    private readonly ICompareObserver _observer;
    private readonly BaseRetention _retention;

    /// <summary>Prepares the runs; nothing is written yet.</summary>
    /// <param name="folder">The folder of the comparison.</param>
    /// <param name="plan">What is run.</param>
    /// <param name="observer">Receives the progress.</param>
    /// <param name="retention">Measures what is left of the base's classes.</param>
    internal CompareRuns(CompareFolder folder, ComparePlan plan, ICompareObserver observer, BaseRetention retention)
        => (_folder, _plan, _observer, _retention) = (folder, plan, observer, retention);

    /// <summary>Trains a cell, or goes on with its run, and measures the result.</summary>
    /// <param name="cell">Strategy, seed, share of the images.</param>
    /// <param name="stop">Stops after the step in progress; the run is saved.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    internal CellResult Run(CompareCell cell, CancellationToken stop)
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
    internal string Subset(CompareCell cell)
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

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
