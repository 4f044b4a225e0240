using System.Diagnostics;
using System.Globalization;
using Graft.Adaptation;
using Graft.Data;
using Graft.Detectors;
using Graft.Evaluation;
using Graft.Reports;
using Graft.Runs;
using Graft.Training;

namespace Graft.Synthetic;

/// <summary>The whole promise in minutes, without a download: the built-in base meets a product that it has never seen, is adapted with 24 images,
/// forgets nothing, and becomes an ONNX file that is proved.</summary>
public sealed class Demo
{
    // Neither the material nor the defects are in the images that the base was trained on (configs/base/README.md).
    private const string Surface = "leather";

    // Fixed, so that every machine draws and trains the same: a plan would follow the speed of the machine.
    private const int Side = 320, Batch = 4;
    private const double MostMinutes = 60, FullRate = 0.001;

    private readonly string _folder;
    private readonly IAdaptObserver _observer;
    private readonly List<(string Step, double Seconds)> _times = [];

    /// <summary>Creates the demo.</summary>
    /// <param name="folder">Where images and runs go.</param>
    /// <param name="observer">Receives progress.</param>
    public Demo(string folder, IAdaptObserver observer) => (_folder, _observer) = (folder, observer);

    /// <summary>Replace the runs of an earlier demo in the same folder.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Images and passes.</summary>
    public DemoSize Size { get; init; } = new(24, 60, 30);

    private string Product => In(DemoResult.ProductFolder);

    private string Known => In("known");

    /// <summary>Runs it.</summary>
    /// <param name="seed">Seed of training; the images are always the same.</param>
    /// <param name="stop">Ends it early.</param>
    /// <exception cref="GraftException">Of kind Model: the built-in base is not here; of kind Refused: the folder holds an earlier demo.</exception>
    public DemoResult Run(int seed, CancellationToken stop)
    {
        string plain = BuiltInBase.Path ?? throw new GraftException(Failure.Model, "The built-in base is not beside this program.", "Run the demo in a clone of the repository.");
        foreach (string name in Overwrite ? [] : new[] { Path.Combine("adapted", "run"), "full" })
        {
            RunFolder.RequireFree(In(name));
        }

        Say("A. A new product");
        Timed("drawing", () => Draw(stop));
        Say($"   {Counted.Of(Size.TrainImages + Size.ValImages, "image")} of {Surface} with {Listed.All(New)}: {Product}; the base has seen neither");
        Say($"B. Words, and an adapter on {Counted.Of(Size.TrainImages, "image")}: what graft adapt does");
        AdaptResult adapted = Timed("adapting, from the check to the ONNX file", () => Adapt(seed, stop));
        Say("C. For comparison: every weight trained on the same images, for as many passes");
        TrainingResult full = Timed("training every weight", () => TrainAll(adapted, plain, stop));
        CocoScores scores = Timed("its scores", () => ScoresOf(full.Folder.Model!, Product, null, stop));
        Say(Text($"   {full.Summary.Total:N0} values trained in {full.Seconds:0} s: mAP50 {ScoreText.Of(scores.Map50)}; the adapter: {adapted.Training.Summary.Trainable:N0} values in {adapted.Training.Seconds:0} s, mAP50 {ScoreText.Of(adapted.Adapted.Map50)}"));
        Say("D. What is left of the words that the base knew");
        OldWords words = Timed("old words", () => Remember(adapted, full, plain, stop));
        Say(Text($"   mAP50 of {words.Base.PerClass.Count} old classes {ScoreText.Of(words.Base.Map50)}; retained: joined {words.Joined.Figure:p0}, adapted alone {words.Adapted.Figure:p0}, every weight trained {words.Full.Figure:p0}"));
        double speed = Timed("speed", () => RuntimeSpeed.Of(adapted.Folder.Onnx, Path.Combine(Product, "images", "val")));
        DemoResult result = new(_folder, seed, Size, adapted, full, scores, words, speed, _times);
        DemoPage.Save(result);
        return result;
    }

    private static IReadOnlyList<string> New => SyntheticVocabulary.GroupOrNull("novel")!;

    private bool Draw(CancellationToken stop)
    {
        SyntheticOptions product = new() { Classes = New, Materials = [Surface] };
        SyntheticOptions known = new() { Materials = [.. SyntheticVocabulary.Materials.Where(material => material != Surface)] };
        SyntheticDataset.Write(Product, [new("train", 1_000, Size.TrainImages) { Options = product }, new("val", 5_000, Size.ValImages) { Options = product }], cancellation: stop);
        SyntheticDataset.Write(Known, [new("val", 6_000, Size.ValImages) { Options = known }], cancellation: stop);
        return true;
    }

    private AdaptResult Adapt(int seed, CancellationToken stop) => DataAdaptation.Run(
        new AdaptRequest(Product)
        {
            Folder = In("adapted"),
            Overwrite = Overwrite,
            Minutes = MostMinutes,
            Settings =
            [
                $"train.epochs={Size.Epochs}", $"train.imgsz={Side}", $"train.batch={Batch}", $"train.val_interval={Math.Min(5, Size.Epochs)}", "train.close_mosaic=4",
                "train.patience=0", "train.ema_steps=45", "train.amp=false", $"train.seed={seed}",
            ],
            Command = "graft demo",
        },
        _observer, stop);

    /// <summary>The configuration of the adapter without its freezing: same images, words, passes and seed.</summary>
    private TrainingResult TrainAll(AdaptResult adapted, string plain, CancellationToken stop)
    {
        RunConfig config = TrainedModel.ConfigOf(adapted.Training.Folder.Path, []);
        config = config with { Tuning = null, Train = config.Train with { Lr = FullRate } };
        using TrainingRun run = new(config, new TrainingRequest { Base = plain, WorkDir = In("full"), Overwrite = Overwrite, Command = "graft demo" });
        TrainingResult result = run.Run(_observer, stop);
        stop.ThrowIfCancellationRequested();
        return result;
    }

    private CocoScores ScoresOf(string path, string data, Vocabulary? prompts, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        using TrainedModel model = TrainedModel.Open(path, [], prompts);
        DetectionDataset val = DetectionData.OpenSplit(new DataOptions { Root = data }, DataSplit.Val, model.Vocabulary.Names);
        return ModelEvaluation.Run(
            model, val, done => _observer.OnProgress((double)done / val.Images.Count, $"{Path.GetFileName(path)} {done}/{val.Images.Count}")).Scores;
    }

    private OldWords Remember(AdaptResult adapted, TrainingResult full, string plain, CancellationToken stop)
    {
        Vocabulary words = TrainedModel.VocabularyOf(plain)!;
        CocoScores before = ScoresOf(plain, Known, words, stop);
        return new OldWords(
            before, Kept(adapted.Folder.Joined), ScoresOf(adapted.Folder.Joined, Product, null, stop), Kept(adapted.Training.Folder.Model!), Kept(full.Folder.Model!));

        Retention Kept(string model) => Retention.Between(before, ScoresOf(model, Known, words, stop));
    }

    private T Timed<T>(string step, Func<T> work)
    {
        Stopwatch clock = Stopwatch.StartNew();
        T result = work();
        _times.Add((step, clock.Elapsed.TotalSeconds));
        return result;
    }

    private string In(string name) => Path.Combine(_folder, name);

    private void Say(string text) => _observer.OnLine(text);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
