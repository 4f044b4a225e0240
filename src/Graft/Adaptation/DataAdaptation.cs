using System.Diagnostics;
using System.Globalization;
using Graft.Checks;
using Graft.Data;
using Graft.Detectors;
using Graft.Evaluation;
using Graft.Files;
using Graft.Runs;
using Graft.Training;

namespace Graft.Adaptation;

/// <summary>From labelled images to a verified file in a given time: check, words, plan, training, merge, join, export, page.</summary>
/// <example><code>
/// AdaptResult result = DataAdaptation.Run(new AdaptRequest("boards") { Minutes = 5 }, observer);
/// </code></example>
public sealed class DataAdaptation
{
    private const int ProbeSteps = 6, ShownProblems = 2;

    private readonly AdaptRequest _request;
    private readonly IAdaptObserver _observer;
    private readonly AdaptBase _base;
    private readonly AdaptFolder _folder;
    private readonly Stopwatch _clock;
    private readonly List<string> _warnings = [];

    private DataAdaptation(AdaptRequest request, IAdaptObserver observer, AdaptBase plain, AdaptFolder folder, Stopwatch clock)
        => (_request, _observer, _base, _folder, _clock) = (request, observer, plain, folder, clock);

    private double SecondsLeft => (60 * _request.Minutes) - _clock.Elapsed.TotalSeconds;

    /// <summary>Adapts a base to labelled images, and writes the folder.</summary>
    /// <param name="request">The images, the words, the base and the time.</param>
    /// <param name="observer">Receives the result of each step, and the progress.</param>
    /// <param name="stop">Stops in order: a training is saved and can be resumed.</param>
    /// <exception cref="GraftException">Of kind Data: data or words that cannot be used; of kind Model: a base that cannot be used, or to which
    /// words mean nothing; of kind Usage: settings that are wrong, or a time that is too short; of kind Refused: the folder holds an adaptation, or
    /// a merge or join that is not exact; of kind Export: ONNX Runtime answers otherwise.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; the message says how to go on.</exception>
    public static AdaptResult Run(AdaptRequest request, IAdaptObserver observer, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(observer);
        Stopwatch clock = Stopwatch.StartNew();
        RunConfig asked = AdaptConfig.Asked(request);
        AdaptBase plain = AdaptBase.Open(request, asked.Text);
        AdaptFolder folder = AdaptFolder.Take(request, Path.GetFullPath(new DataLocator(asked.Data, []).Root));
        DataAdaptation adaptation = new(request, observer, plain, folder, clock);
        Prepared prepared;
        try
        {
            prepared = adaptation.Prepare(asked, stop);
        }
        catch
        {
            folder.Abandon();
            throw;
        }

        return adaptation.Execute(prepared, stop);
    }

    /// <summary>Everything before training: nothing of it stays when it fails.</summary>
    private Prepared Prepare(RunConfig asked, CancellationToken stop)
    {
        CheckedData found = Check(asked.Data, stop);
        CheckedData checkedData = found.WithVal(_folder);
        if (checkedData.HeldOut > 0)
        {
            Warn($"there is no validation split: {Counted.Of(checkedData.HeldOut, "image")}, a fifth, are held out to measure with (always the same ones)");
        }

        DataOptions options = checkedData.Options;
        DetectionData data = DetectionData.Open(options);
        if (_request.Words is { } words)
        {
            options = options with { Prompts = ClassWords.Take(words, data.Train.ClassNames, _folder.Early(_folder.Words)) };
            data = DetectionData.Open(options);
        }

        RunConfig first = AdaptConfig.Of(_request, _base, options, AdaptPlanner.Full, _base.Config.Train.Imgsz, 1);
        Vocabulary vocabulary = Vocabularies.For(first, data.Train);
        ClassWords.RequireDistinct(vocabulary);
        Line($"2. words: {Listed.First(Shown(data), 12)}; embedded by {Path.GetFileName(_base.Encoder)}");
        foreach (string note in vocabulary.Notes)
        {
            Warn(note);
        }

        Line($"3. base: {_base.Path}, {_base.Config.Model.Description}, trained at {_base.Config.Train.Imgsz} px"
            + (_base.Words is { } own ? $", {Counted.Of(own.Names.Count, "word")} of its own" : ""));
        AdaptFacts facts = AdaptFacts.Of(data, _base.Config.Train.Imgsz) with
        {
            GivenSide = _request.Gives("train.imgsz") ? asked.Train.Imgsz : null,
            GivenEpochs = _request.Gives("train.epochs") ? asked.Train.Epochs : null,
            GivenBatch = _request.Gives("train.batch") ? asked.Train.Batch : null,
        };
        EvaluationResult zero = ZeroShot(data.Val, vocabulary, first);
        Line(Text($"4. zero-shot: mAP50 {Score(zero.Scores.Map50)} on {Counted.Of(data.Val.Images.Count, "validation image")}, by the words alone"));
        stop.ThrowIfCancellationRequested();
        AdaptPlan plan = Plan(
            facts with { ZeroShot = Math.Max(0, zero.Scores.Map50), Bfloat16 = Bfloat16Speed.Here }, options, stop);
        RunConfig config = AdaptConfig.Of(_request, _base, options, plan);
        plan = plan with { Choices = AdaptConfig.Choices(_request, plan, config) };
        return new Prepared(data, vocabulary, zero, config, plan);
    }

    private CheckedData Check(DataOptions options, CancellationToken stop)
    {
        string root = Path.Exists(options.Root) ? Path.GetFullPath(options.Root!) : options.Root!;
        CheckedData data = CheckedData.Run(
            options with { Root = root }, _request.Threads, (done, all) => _observer.OnProgress((double)done / all, $"{done}/{Counted.Of(all, "image")} checked"), stop);
        string splits = string.Join(", ", data.Check.Splits.Select(split => $"{split.Name} {Counted.Of(split.Images.Count, "image")} with {Counted.Of(split.Boxes, "box")}"));
        Line($"1. data: {data.Check.Data}: {splits}; {Counted.Of(data.Check.ClassNames.Count, "class")}");
        foreach (CheckProblem problem in data.Warnings)
        {
            string examples = problem.Problem.Examples.Count == 0 ? "" : $" ({string.Join("; ", problem.Problem.Examples.Take(ShownProblems))})";
            Warn($"{problem.Summary}{examples}. {problem.Advice}".TrimEnd());
        }

        return data;
    }

    /// <summary>The words that are embedded: class names, or what stands for them.</summary>
    private static string[] Shown(DetectionData data) => [.. data.Train.ClassNames.Zip(data.Train.Prompts.Classes, (name, prompts)
        => prompts is [{ } only] && only == name ? name : $"{name} ({Listed.First(prompts, 2)})")];

    private AdaptPlan Plan(AdaptFacts facts, DataOptions options, CancellationToken stop)
    {
        int side = AdaptPlanner.SuitableSide(facts);
        string strategy = AdaptPlanner.StrategyFor(facts);
        TrainingSpeed speed = Measure(strategy, side);
        if (AdaptPlanner.Plan(facts, strategy, speed, SecondsLeft) is { } plan)
        {
            return plan;
        }

        speed = Measure(AdaptPlanner.Short, Math.Min(side, facts.GivenSide ?? facts.BaseSide));
        return AdaptPlanner.Plan(facts, AdaptPlanner.Short, speed, SecondsLeft) ?? throw TooLittle(facts, speed);

        TrainingSpeed Measure(string tuning, int at)
        {
            _observer.OnProgress(0, "measuring how fast this machine trains");
            RunConfig config = AdaptConfig.Of(_request, _base, options, tuning, at, AdaptPlanner.BatchOf(facts), facts.Bfloat16.Pays);
            using TrainingRun probe = new(config, new TrainingRequest { Base = _base.Path });
            TrainingSpeed measured = probe.MeasureSpeed(ProbeSteps, probe.KeepsFeatures && !_request.Gives("train.feature_cache"), stop);
            Line(Text($"   speed at {at} px with {tuning}: {measured} in training, {measured.ValImagesPerSecond:0.#} in validation"));
            return measured;
        }
    }

    private GraftException TooLittle(AdaptFacts facts, TrainingSpeed speed)
    {
        double least = (_clock.Elapsed.TotalSeconds + AdaptPlanner.LeastSeconds(facts, speed)) * 1.1 / 60;
        double shown = least < 2 ? Math.Ceiling(least * 10) / 10 : Math.Ceiling(least * 2) / 2;
        return new GraftException(
            Failure.Usage,
            Text($"--minutes {_request.Minutes} is too little: this machine trains {speed.TrainImagesPerSecond:0.#} images/s at {speed.Side} px, and a few passes over {Counted.Of(facts.TrainImages, "image")} with all that follows need {shown} minutes."),
            Text($"Give at least --minutes {shown}; more is better."));
    }

    private AdaptResult Execute(Prepared prepared, CancellationToken stop)
    {
        (DetectionData data, Vocabulary vocabulary, EvaluationResult zero, RunConfig config, AdaptPlan plan) = prepared;
        stop.ThrowIfCancellationRequested();
        _folder.Clear();
        AdaptConfig.Write(_folder, _request, config, plan.Choices);
        Line($"5. plan: {_folder.Config}");
        _observer.OnPlan(plan);

        TrainingResult training = Train(config, plan, stop);
        AdaptDelivery delivery = new(_request, _base, _folder, config, _observer);
        AdaptResult result = delivery.Run(plan, training, data, vocabulary.Names, zero, _warnings, _clock, stop);
        Line($"9. page: {_folder.Page}");
        return result;
    }

    private EvaluationResult ZeroShot(DetectionDataset val, Vocabulary vocabulary, RunConfig config)
    {
        using TrainedModel model = TrainedModel.Open(_base.Path, [], vocabulary);
        using DetectorEvaluation evaluation = new(val, config.Train.Imgsz, config.Predict, config.Train.Workers);
        return evaluation.Run(model.Detector, done => _observer.OnProgress((double)done / val.Images.Count, $"zero-shot {done}/{val.Images.Count}"));
    }

    private TrainingResult Train(RunConfig config, AdaptPlan plan, CancellationToken stop)
    {
        using TrainingRun run = new(config, new TrainingRequest
        {
            ConfigFolder = Path.GetFullPath(_folder.Path),
            Base = _base.Path,
            WorkDir = _folder.Run,
            Overwrite = _request.Overwrite,
            Command = _request.Command,
        });
        foreach (string note in run.Notes.Where(note => !_warnings.Contains(note)))
        {
            Warn(note);
        }

        double seconds = Math.Max(1, SecondsLeft - plan.Reserve);
        using CancellationTokenSource time = new(TimeSpan.FromSeconds(seconds));
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stop, time.Token);
        TrainingResult result = run.Run(_observer, either.Token);
        if (result.End == TrainingEnd.Interrupted && stop.IsCancellationRequested)
        {
            throw new OperationCanceledException(
                $"Stopped in epoch {result.State.Epoch + 1}; the run is saved. Go on with: {ShellText.Line("graft", "train", "--resume", _folder.Run)}, then {_folder.GoOn}", stop);
        }

        if (result.End == TrainingEnd.Interrupted)
        {
            Warn(Text($"the time for training was over in epoch {result.State.Epoch + 1} of {config.Train.Epochs}; the best weights so far are used"));
        }

        Line(Text($"6. training: {Counted.Of(result.State.Epoch, "epoch")} in {result.Seconds:0} s, {result.ImagesPerSecond:0.#} images/s; {result.Summary.Trainable:N0} of {result.Summary.Total:N0} values trained"));
        return result;
    }

    private void Warn(string text)
    {
        _warnings.Add(text);
        _observer.OnNote(text);
    }

    private void Line(string text) => _observer.OnLine(text);

    private static string Score(double value) => Reports.ScoreText.Of(value);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Prepared(DetectionData Data, Vocabulary Vocabulary, EvaluationResult Zero, RunConfig Config, AdaptPlan Plan);
}
