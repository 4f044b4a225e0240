using System.Text.Json;
using Graft.Data;
using Graft.Detectors;
using Graft.Torch;
using Graft.Torch.Distributed;

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
    private readonly ProcessGroup? _group;
    private readonly EvaluationBatches _batches;

    /// <summary>Prepares an evaluation.</summary>
    /// <param name="data">Images and annotations.</param>
    /// <param name="imgsz">Side of the input in pixels.</param>
    /// <param name="options">Thresholds of the detections.</param>
    /// <param name="workers">Threads that prepare images.</param>
    /// <param name="group">Processes that share the images; each gets the result over all of them. Null: this process is alone.</param>
    public DetectorEvaluation(DetectionDataset data, int imgsz, PostProcessOptions options, int workers = 2, ProcessGroup? group = null)
        : this(data, new Letterbox(imgsz), options, workers, group)
    {
    }

    /// <summary>Prepares an evaluation with an input of any shape.</summary>
    internal DetectorEvaluation(DetectionDataset data, Letterbox letterbox, PostProcessOptions options, int workers = 2, ProcessGroup? group = null)
    {
        (_data, _options, _group) = (data, options, group);
        _batches = new EvaluationBatches(data, new BatchOptions { Size = BatchSize, Workers = workers, Shard = Shard.Of(group) }, letterbox);
    }

    /// <summary>Scores a detector; its network must be in evaluation mode.</summary>
    /// <param name="detector">Labels are those of the data set.</param>
    /// <param name="progress">Called with the number of images that are done.</param>
    /// <param name="losses">Whether to compute the loss too.</param>
    public EvaluationResult Run(IDetector detector, Action<int>? progress = null, bool losses = false)
    {
        List<DetectedBatch> done = [];
        IReadOnlyList<DataProblem> before = _data.Problems.List();
        using NoGrad off = NoGrad.Begin();
        int images = 0;
        foreach (Batch batch in _batches.All())
        {
            using TensorScope scope = TensorScope.Begin();
            done.Add(Detect(detector, batch, losses));
            images += batch.Images.Count;
            progress?.Invoke(Math.Min(_data.Images.Count, images * (_group?.Size ?? 1)));
        }

        if (_group is not null)
        {
            ShareProblems(_data.Problems.Since(before), _group);
        }

        Dictionary<long, Detection[]> detections = [];
        Dictionary<string, double> sums = [];
        foreach (DetectedBatch batch in _group is null ? done : DetectedBatch.Gather(done, _group))
        {
            foreach ((long id, Detection[] boxes) in batch.Ids.Zip(batch.Detections))
            {
                detections[id] = boxes;
            }

            foreach ((string name, double value) in batch.Losses)
            {
                sums[name] = sums.GetValueOrDefault(name) + value;
            }
        }

        return EvaluationResult.Of(_data, detections) with
        {
            Losses = [.. sums.Select(part => (part.Key, part.Value / Math.Max(1, detections.Count)))],
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _batches.Dispose();

    /// <summary>Tells the other processes which images could not be used: each decodes only its own.</summary>
    private void ShareProblems(IReadOnlyList<DataProblem> own, ProcessGroup group)
    {
        byte[][] all = group.Gather(JsonSerializer.SerializeToUtf8Bytes(own));
        foreach (DataProblem problem in all.Where((_, rank) => rank != group.Rank).SelectMany(bytes => JsonSerializer.Deserialize<DataProblem[]>(bytes)!))
        {
            _data.Problems.Add(problem);
        }
    }

    private DetectedBatch Detect(IDetector detector, Batch batch, bool withLoss)
    {
        Tensor images = PixelBatch.Normalise(batch.ToTensor());
        long[] ids = [.. batch.Images.Select(image => image.Id)];
        if (!withLoss)
        {
            return new DetectedBatch(batch.Number, ids, detector.Detect(images, batch.Fittings, _options), []);
        }

        (Detection[][] boxes, Losses losses) = detector.DetectWithLoss(images, batch.Fittings, _options, batch.Targets);
        return new DetectedBatch(batch.Number, ids, boxes, [.. losses.Items.Select(item => (item.Name, item.Value.ToDouble()))]);
    }
}
