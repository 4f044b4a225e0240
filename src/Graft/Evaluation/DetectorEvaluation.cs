using Graft.Data;
using Graft.Detectors;
using Graft.Torch;

namespace Graft.Evaluation;

/// <summary>The result of an evaluation.</summary>
/// <param name="Scores">COCO metrics over the images that could be read.</param>
/// <param name="Detections">Detections per image of the data set, best first.</param>
/// <param name="Results">The detections as COCO results.</param>
public sealed record EvaluationResult(
    CocoScores Scores, IReadOnlyList<Detection[]> Detections, IReadOnlyList<CocoResult> Results)
{
    /// <summary>Mean of each part of the loss over the images; empty unless requested.</summary>
    public IReadOnlyList<(string Name, double Value)> Losses { get; init; } = [];

    /// <summary>Scores detections against the annotations of the images that could be read.</summary>
    /// <param name="data">Images and annotations.</param>
    /// <param name="detections">By image id, best first; an image that could not be read is absent. Labels are those of the data set.</param>
    /// <exception cref="GraftException">Of kind Data: no image could be used.</exception>
    internal static EvaluationResult Of(DetectionDataset data, IReadOnlyDictionary<long, Detection[]> detections)
    {
        if (detections.Count == 0)
        {
            throw new GraftException(
                Failure.Data, $"{data.Source}: none of its {data.Images.Count} images could be used: {string.Join("; ", data.Problems.List())}.",
                "Check the images and the sizes that the annotations give.");
        }

        CocoGroundTruth groundTruth = CocoGroundTruth.From(data);
        CocoResult[] results = [.. detections.SelectMany(entry => entry.Value.Select(box => CocoResult.From(entry.Key, box, data.Categories)))];
        CocoScores scores = CocoEvaluator.Evaluate(groundTruth with { ImageIds = [.. groundTruth.ImageIds.Where(detections.ContainsKey)] }, results);
        return new EvaluationResult(scores, [.. data.Images.Select(image => detections.GetValueOrDefault(image.Id, []))], results);
    }
}

/// <summary>Runs a detector over a data set and scores it; decoded images are cached for the next run.</summary>
public sealed class DetectorEvaluation : IDisposable
{
    private const int BatchSize = 8;
    private readonly DetectionDataset _data;
    private readonly PostProcessOptions _options;
    private readonly EvaluationBatches _batches;

    /// <summary>Prepares an evaluation.</summary>
    /// <param name="data">Images and annotations.</param>
    /// <param name="imgsz">Side of the input in pixels.</param>
    /// <param name="options">Thresholds of the detections.</param>
    /// <param name="workers">Threads that prepare images.</param>
    public DetectorEvaluation(DetectionDataset data, int imgsz, PostProcessOptions options, int workers = 2)
        : this(data, new Letterbox(imgsz), options, workers)
    {
    }

    /// <summary>Prepares an evaluation with an input of any shape.</summary>
    internal DetectorEvaluation(DetectionDataset data, Letterbox letterbox, PostProcessOptions options, int workers = 2)
    {
        (_data, _options) = (data, options);
        _batches = new EvaluationBatches(data, new BatchOptions { Size = BatchSize, Workers = workers }, letterbox);
    }

    /// <summary>Scores a detector; its network must be in evaluation mode.</summary>
    /// <param name="detector">Labels are those of the data set.</param>
    /// <param name="progress">Called with the number of images that are done.</param>
    /// <param name="losses">Whether to compute the loss too.</param>
    public EvaluationResult Run(IDetector detector, Action<int>? progress = null, bool losses = false)
    {
        Dictionary<long, Detection[]> detections = [];
        Dictionary<string, double> sums = [];
        using NoGrad off = NoGrad.Begin();
        foreach (Batch batch in _batches.All())
        {
            using TensorScope scope = TensorScope.Begin();
            Detection[][] boxes = Detect(detector, batch, losses ? sums : null);
            for (int i = 0; i < boxes.Length; i++)
            {
                detections[batch.Images[i].Id] = boxes[i];
            }

            progress?.Invoke(detections.Count);
        }

        return EvaluationResult.Of(_data, detections) with
        {
            Losses = [.. sums.Select(part => (part.Key, part.Value / Math.Max(1, detections.Count)))],
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _batches.Dispose();

    /// <summary>Detections of a batch; adds the parts of its loss, which are sums over images, where sums are given.</summary>
    private Detection[][] Detect(IDetector detector, Batch batch, Dictionary<string, double>? sums)
    {
        Tensor images = PixelBatch.Normalise(batch.ToTensor());
        if (sums is null)
        {
            return detector.Detect(images, batch.Fittings, _options);
        }

        (Detection[][] boxes, Losses losses) = detector.DetectWithLoss(images, batch.Fittings, _options, batch.Targets);
        foreach ((string name, Tensor value) in losses.Items)
        {
            sums[name] = sums.GetValueOrDefault(name) + value.ToDouble();
        }

        return boxes;
    }
}
