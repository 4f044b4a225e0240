using System.Globalization;
using Graft.Adapters;
using Graft.Configuration;
using Graft.Data;
using Graft.Detectors;
using Graft.Files;
using Graft.Runs;
using Graft.Training;

namespace Graft.Comparison;

/// <summary>Prepares the strategies: measures how fast each trains, and chooses as many epochs as the time allows.</summary>
internal sealed class ComparePlanner(CompareRequest request, CompareFolder folder, ICompareObserver observer)
{
    private const int ProbeSteps = 6, Points = 10, ClosingShare = 10, ShortAverage = 4, MostEpochs = 100_000;

    // Machines do not keep their pace.
    private const double Margin = 0.95;

    // With fewer images the intervals say little; with fewer than this nothing.
    internal const int LeastImages = 10;

    private readonly List<string> _notes = [];

    /// <summary>Prepares every strategy and writes its configuration.</summary>
    /// <param name="stop">Stops between two strategies.</param>
    /// <exception cref="GraftException">Of kind Usage: settings or a time that is too short; of kind Data: data that cannot be used; of kind Model:
    /// a base that does not fit a strategy.</exception>
    internal ComparePlan Run(CancellationToken stop)
    {
        string path = TrainedModel.FileOf(request.Base);
        BaseRetention.Require(request.Base, request.BaseData);
        string[] names = Names(request.Configs);
        List<PlannedStrategy> strategies = [];
        List<Probe> probes = [];
        foreach ((string source, string name) in request.Configs.Zip(names))
        {
            Config<RunConfig> config = ConfigFinder.Load(source, [.. request.Settings, $"data.root={request.Data}"]);
            probes.Add(Measure(name, source, config, path, stop));
            RequireSameClasses(probes[0].Data, probes[^1].Data, name);
        }

        foreach (Probe probe in probes)
        {
            // Other load of the machine only slows: of two measurements some time apart, the faster one is nearer to the truth.
            TrainingSpeed speed = request.Minutes is null ? probe.Speed : probe.Speed.Faster(Measure(probe.Name, probe.Source, probe.Read, path, stop).Speed);
            (PlannedStrategy strategy, RunConfig resolved) = Plan(probe with { Speed = speed });
            strategies.Add(strategy);
            Directory.CreateDirectory(Path.GetDirectoryName(folder.Config(probe.Name))!);
            AtomicFile.WriteText(folder.Config(probe.Name), ConfigWriter.ToYaml(resolved));
        }

        DetectionData data = probes[0].Data;
        NoteWhatIsUndefined(data);
        return new ComparePlan
        {
            Data = request.Data,
            Base = request.Base,
            BaseHash = FileHash.Of(path),
            BaseData = request.BaseData,
            Model = probes[^1].Config.Model.Description,
            Classes = data.Train.ClassNames,
            TrainImages = data.Train.Images.Count,
            ValImages = data.Val.Images.Count,
            ValBoxes = data.Val.BoxCount,
            Seeds = request.Seeds,
            Minutes = request.Minutes,
            Fractions = request.Fractions,
            Strategies = strategies,
            Command = request.Command,
            Revision = Provenance.Revision(),
            Machine = Provenance.Machine(),
            Notes = _notes,
        };
    }

    /// <summary>Names that are unique: the last part of each configuration's name, or the whole where two are the same.</summary>
    private static string[] Names(IReadOnlyList<string> configs)
    {
        string[] whole = [.. configs.Select(config => Path.ChangeExtension(ConfigFinder.Resolve(config), null))];
        if (whole.GroupBy(Path.GetFullPath).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new GraftException(Failure.Usage, $"The configuration {Path.GetFileName(twice.Key)} is given twice.", "Name each strategy once; --seeds repeats all of them.");
        }

        string[] last = [.. whole.Select(path => Path.GetFileName(path)!)];
        return [.. last.Select((name, i) => last.Count(other => other == name) == 1 ? name : $"{Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(whole[i])))}-{name}")];
    }

    /// <summary>Builds a strategy on the base, and measures some steps.</summary>
    private Probe Measure(string name, string source, Config<RunConfig> read, string path, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        RunConfig config = read.Value;
        observer.OnProgress(0, $"measuring how fast {name} trains");
        try
        {
            using TrainingRun run = new(config, new TrainingRequest { ConfigFolder = Path.GetDirectoryName(Path.GetFullPath(ConfigFinder.Resolve(source))), Base = path });
            DetectionData data = run.Data;
            data.Train.RequireObjects(forTraining: true);
            data.Val.RequireObjects(forTraining: false);
            ModelSummary summary = ModelSummary.Of(run.Detector.Network, run.Attached);
            TrainOptions train = config.Train with { FeatureCache = CacheOf(read, run), FeatureCacheDir = config.Train.FeatureCacheDir ?? Path.GetFullPath(folder.Features) };
            TrainingSpeed speed = run.MeasureSpeed(ProbeSteps, train.FeatureCache != FeatureCache.Off, stop);
            config = config with { Model = run.Model, Data = data.Options ?? config.Data, Train = train };
            return new Probe(name, source, read, config, data, summary, speed);
        }
        catch (GraftException error) when (error.Failure == Failure.Model)
        {
            throw new GraftException(Failure.Model, $"{name} does not start from {request.Base}: {error.Message}", error.Hint ?? "All strategies of a comparison have one base.", error);
        }
    }

    private (PlannedStrategy Strategy, RunConfig Config) Plan(Probe probe)
    {
        (string name, string source, _, RunConfig config, DetectionData data, ModelSummary summary, TrainingSpeed speed) = probe;
        TrainOptions train = config.Train;
        Pace pace = new(data.Train.Images.Count, data.Val.Images.Count, speed, epochs => Schedule(train, epochs, data.Train.Images.Count));
        int epochs = request.Epochs ?? pace.Epochs(60 * Margin * request.Minutes!.Value);
        if (epochs < 1)
        {
            double least = Math.Ceiling(pace.Seconds(1) / Margin / 6) / 10;
            throw new GraftException(
                Failure.Usage, Text($"--minutes {request.Minutes} is too short for one epoch of {name}: this machine trains {speed.TrainImagesPerSecond:0.#} images/s."),
                Text($"Give at least --minutes {least}, or --epochs N."));
        }

        config = config with { Train = pace.Schedule(epochs) };
        observer.OnLine(Text($"{name}: {summary.Trainable:N0} of {summary.Total:N0} values, {speed}, {Counted.Of(epochs, "epoch")}"));
        PlannedStrategy strategy = new()
        {
            Name = name,
            Source = source,
            Tuning = (config.Tuning ?? new TuningOptions { Freeze = [] }).Description,
            Trainable = summary.Trainable,
            Total = summary.Total,
            Epochs = epochs,
            Batch = config.Train.Batch,
            Views = config.Train.KeptViews,
            ImagesPerSecond = speed.TrainImagesPerSecond,
            KeptImagesPerSecond = speed.KeptImagesPerSecond,
            ValImagesPerSecond = speed.ValImagesPerSecond,
            Megabytes = speed.Megabytes,
        };
        return (strategy, config);
    }

    /// <summary>Features are kept where stages are frozen, unless the user decides otherwise.</summary>
    private static FeatureCache CacheOf(Config<RunConfig> config, TrainingRun run)
        => !run.KeepsFeatures ? FeatureCache.Off : config.OriginOf("train.feature_cache") == ConfigOrigin.Default ? FeatureCache.Disk : config.Value.Train.FeatureCache;

    /// <summary>The schedule of a run: about ten validations, no early end, an average over the last part.</summary>
    private TrainOptions Schedule(TrainOptions train, int epochs, int images)
    {
        int steps = epochs * ((images + train.Batch - 1) / train.Batch);
        train = train with
        {
            Epochs = epochs,
            Patience = request.Gives("train.patience") ? train.Patience : 0,
            ValInterval = request.Gives("train.val_interval") ? train.ValInterval : Math.Max(1, epochs / Points),
            CloseMosaic = request.Gives("train.close_mosaic") ? train.CloseMosaic : Math.Max(1, epochs / ClosingShare),
            EmaSteps = request.Gives("train.ema_steps") ? train.EmaSteps : Math.Min(train.EmaSteps, Math.Max(10, steps / ShortAverage)),
        };
        return train.WithViews();
    }

    private static void RequireSameClasses(DetectionData first, DetectionData other, string name)
    {
        if (!first.Train.ClassNames.SequenceEqual(other.Train.ClassNames))
        {
            throw new GraftException(
                Failure.Usage, $"{name} has the classes {Listed.First(other.Train.ClassNames, 8)}; the strategies before it {Listed.First(first.Train.ClassNames, 8)}.",
                "Give all of them the same: data.classes=[a, b].");
        }
    }

    private void NoteWhatIsUndefined(DetectionData data)
    {
        int[] boxes = [.. data.Val.BoxesPerClass()];
        string[] without = [.. data.Val.ClassNames.Where((_, label) => boxes[label] == 0)];
        if (without.Length > 0)
        {
            Note($"no validation image has an object of {Listed.All(without)}: AP of {(without.Length == 1 ? "this class" : "these classes")} is undefined, and the mean is over the others");
        }

        if (data.Val.Images.Count < LeastImages)
        {
            Note($"{Counted.Of(data.Val.Images.Count, "validation image")} are too few for intervals ({LeastImages} are the least)");
        }

        if (request.Seeds == 1)
        {
            Note("one seed does not show how much a strategy varies from run to run; --seeds 3 does");
        }
    }

    private void Note(string text)
    {
        _notes.Add(text);
        observer.OnNote(text);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>A strategy on the base, and how fast it trains.</summary>
    private sealed record Probe(string Name, string Source, Config<RunConfig> Read, RunConfig Config, DetectionData Data, ModelSummary Summary, TrainingSpeed Speed);

    /// <summary>How long a number of epochs takes.</summary>
    private sealed record Pace(int TrainImages, int ValImages, TrainingSpeed Speed, Func<int, TrainOptions> Schedule)
    {
        internal int Epochs(double seconds)
        {
            int epochs = 0;
            while (epochs < MostEpochs && Seconds(epochs + 1) <= seconds)
            {
                epochs++;
            }

            return epochs;
        }

        internal double Seconds(int epochs)
        {
            TrainOptions train = Schedule(epochs);
            int closing = Math.Min(train.CloseMosaic, epochs), validations = ((epochs - closing) / train.ValInterval) + closing;
            return Speed.SecondsOf(TrainImages, train) + (validations * (ValImages / Speed.ValImagesPerSecond));
        }
    }
}
