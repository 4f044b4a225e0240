using System.Globalization;
using Graft.Adapters;
using Graft.Data;
using Graft.Evaluation;
using Graft.Models;
using Graft.Rewriting;
using Graft.Runs;
using Graft.Training;

namespace Graft.Synthetic;

/// <summary>Results of the demo.</summary>
/// <param name="Folder">The demo's folder.</param>
/// <param name="Base">Scores of the base on the defects that it was trained on.</param>
/// <param name="ZeroShot">Scores of the base on the defects that it was not trained on.</param>
/// <param name="FineTuned">Scores of the adapted model on the new defects.</param>
/// <param name="Merge">The adapted model folded for deployment, with its proof.</param>
/// <param name="Trainable">Parameters of the adapters.</param>
/// <param name="Total">Parameters of the whole model.</param>
public sealed record DemoResult(
    string Folder, CocoScores Base, CocoScores ZeroShot, CocoScores FineTuned, RewriteReport Merge, long Trainable, long Total);

/// <summary>Graft in three minutes on drawn images: train a small base, freeze it, adapt it to new defects, fold, report.</summary>
public sealed class Demo
{
    private static readonly string[] Known = ["hole", "stain"], New = ["dent", "discoloration"], Surfaces = ["brushed metal", "ceramic tile"];
    private readonly string _folder;
    private readonly IRunObserver _observer;
    private readonly Action<string> _say;

    /// <summary>Creates the demo.</summary>
    /// <param name="folder">Where images and runs go.</param>
    /// <param name="observer">Receives the progress of training.</param>
    /// <param name="say">Receives progress messages.</param>
    public Demo(string folder, IRunObserver observer, Action<string> say) => (_folder, _observer, _say) = (folder, observer, say);

    /// <summary>Replace the runs of an earlier demo in the same folder.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Runs it.</summary>
    /// <param name="seed">Seed of training; the images are always the same.</param>
    /// <param name="stop">Ends it early.</param>
    public DemoResult Run(int seed, CancellationToken stop)
    {
        string data = Path.Combine(_folder, "data");
        foreach (string name in Overwrite ? Array.Empty<string>() : ["base", "adapted"])
        {
            RunFolder.RequireFree(Path.Combine(_folder, name));
        }

        _say($"Drawing 144 images of metal and tile with {string.Join(", ", Known.Concat(New))} into {data}");
        SyntheticOptions both = new() { Classes = [.. Known, .. New], Materials = Surfaces };
        SyntheticDataset.Write(data, [new("train", 1_000, 96) { Options = both }, new("val", 5_000, 48) { Options = both }], cancellation: stop);

        _say($"1. A base trained on {string.Join(" and ", Known)}: YOLO-World, every weight is trained");
        RunConfig config = Config(data, Known, seed);
        TrainingResult first = Train(config, null, "base", stop);
        CocoScores known = Score(first.Folder.Best, config, Known), zero = Score(first.Folder.Best, config, New);
        _say(string.Create(CultureInfo.InvariantCulture, $"   mAP50 on {string.Join(" and ", Known)}: {known.Map50:f3}; on {string.Join(" and ", New)}, not trained on: {zero.Map50:f3}"));

        _say($"2. Frozen, with Rep-MoNA of rank 16 in the neck, adapted to {string.Join(" and ", New)}");
        RunConfig adapting = Config(data, New, seed) with
        {
            Tuning = new TuningOptions { Adapters = [new RepMonaOptions { At = ["neck.**"], Rank = 16 }] },
        };
        adapting = adapting with { Train = adapting.Train with { Epochs = 30, Lr = 0.004, CloseMosaic = 6 } };
        TrainingResult second = Train(adapting, first.Folder.Best, "adapted", stop);
        CocoScores adapted = Score(second.Folder.Best, adapting, New);
        _say(string.Create(CultureInfo.InvariantCulture, $"   {second.Summary.Trainable:N0} of {second.Summary.Total:N0} values learned; mAP50 on {string.Join(" and ", New)}: {adapted.Map50:f3}"));

        _say("3. Merged and folded for the factory PC, and compared with the adapted model");
        string deployed = Path.Combine(_folder, "deployed.safetensors");
        RewriteReport merge = Merge(second.Folder.Best, deployed);
        _say(string.Create(CultureInfo.InvariantCulture, $"   exact: largest difference {merge.MaxAbs:g2}; {Counted.Of(merge.Boxes, "box")} compared, the largest shift is {merge.BoxesMaxPx:g2} px: {deployed}"));
        DemoResult result = new(_folder, known, zero, adapted, merge, second.Summary.Trainable, second.Summary.Total);
        _say($"Report with images: {DemoPage.Save(result, Known, New)}");
        return result;
    }

    private static RunConfig Config(string data, string[] classes, int seed) => new()
    {
        Model = ModelOptions.Parse("yolo_world", "widen_factor=0.25"),
        Data = new DataOptions { Root = data, Classes = classes },
        Train = new TrainOptions
        {
            Epochs = 30,
            Batch = 8,
            Imgsz = 224,
            Lr = 0.002,
            Seed = seed,
            CloseMosaic = 8,
            ValInterval = 6,
            Mosaic = 0.5,
            Scale = 0.3,
            Patience = 0,
        },
    };

    private TrainingResult Train(RunConfig config, string? from, string name, CancellationToken stop)
    {
        using TrainingRun run = new(config, new TrainingRequest { Base = from, WorkDir = Path.Combine(_folder, name), Overwrite = Overwrite });
        TrainingResult result = run.Run(_observer, stop);
        stop.ThrowIfCancellationRequested();
        return result;
    }

    private static CocoScores Score(string weights, RunConfig config, string[] classes)
    {
        DetectionDataset set = DetectionData.OpenSplit(config.Data with { Classes = classes }, DataSplit.Val);
        using TrainedModel model = TrainedModel.Open(weights, [], Vocabularies.For(config, set));
        return ModelEvaluation.Run(model, set).Scores;
    }

    private static RewriteReport Merge(string weights, string path)
    {
        using TrainedModel model = TrainedModel.Open(weights, []);
        return ModelRewriting.Merge(model, path, foldNorms: true);
    }
}
