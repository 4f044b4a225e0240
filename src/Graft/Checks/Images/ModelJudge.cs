using System.Globalization;
using Graft.Data;
using Graft.Detectors;
using Graft.Runs;
using Graft.Torch.Images;

namespace Graft.Checks;

/// <summary>Compares the boxes of images with the detections of a trained model. Thread-safe; one image at a time is computed.</summary>
internal sealed class ModelJudge : IDisposable
{
    // A model that finds less than this share of the boxes says nothing about the others.
    private const double LeastFound = 0.5;

    private readonly TrainedModel _model;
    private readonly Predictor _predictor;
    private readonly int[] _labels;
    private readonly Lock _lock = new();

    /// <summary>Opens a model.</summary>
    /// <param name="target">Run folder or weight file.</param>
    /// <param name="names">Class names of the data.</param>
    /// <exception cref="GraftException">The model cannot be opened, or has no class of the data.</exception>
    internal ModelJudge(string target, IReadOnlyList<string> names)
    {
        _model = TrainedModel.Open(target, []);
        _labels = [.. _model.Vocabulary.Names.Select(name => names.ToList().IndexOf(name))];
        if (_labels.All(label => label < 0))
        {
            _model.Dispose();
            throw new GraftException(
                Failure.Usage, $"{target} detects {Listed.First(_model.Vocabulary.Names, 10)}; the data has {Listed.First(names, 10)}: no class in common.",
                "Give a model that was trained on these classes.");
        }

        _predictor = new Predictor(_model.Detector, _model.Config.Train.Imgsz, _model.Config.Predict with { ScoreThreshold = ModelOpinion.Faint });
    }

    /// <summary>Compares one image.</summary>
    /// <param name="image">Its pixels.</param>
    /// <param name="listed">Its boxes.</param>
    internal ModelOpinion Judge(Image image, DetectionImage listed)
    {
        Detection[] found;
        lock (_lock)
        {
            found = [.. _predictor.Detect(image).Where(one => _labels[one.Label] >= 0).Select(one => one with { Label = _labels[one.Label] })];
        }

        return ModelOpinion.Of(found, listed.Objects, _labels);
    }

    /// <summary>Notes what the model doubts; a model that finds less than half of the boxes is not asked about the other half.</summary>
    internal static void Note(OpenedData data, IReadOnlyList<ModelOpinion?> opinions)
    {
        int judged = opinions.Sum(opinion => opinion?.Judged ?? 0), lost = opinions.Sum(opinion => opinion?.NotFound.Count ?? 0);
        bool knows = lost <= (1 - LeastFound) * judged;

        // The surest first: they are worth a look.
        foreach ((int image, Detection extra) in opinions.SelectMany((opinion, i) => (opinion?.Extra ?? []).Select(extra => (i, extra))).OrderByDescending(one => one.extra.Score))
        {
            data.Problems.Add(DataProblemKind.SuspectedMissing, string.Create(
                CultureInfo.InvariantCulture, $"{Place(image)}: {data.ClassNames[extra.Label]} {extra.Score:0.00} at {extra.Box}"));
        }

        foreach ((int image, LabelledBox box) in opinions.SelectMany((opinion, i) => (knows ? opinion?.NotFound ?? [] : []).Select(box => (i, box))))
        {
            data.Problems.Add(DataProblemKind.SuspectedLabel, $"{Place(image)}: {data.ClassNames[box.Label]} at {box.Box}");
        }

        string Place(int image) => data.Place(data.AllImages[image].Image);
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();
}
