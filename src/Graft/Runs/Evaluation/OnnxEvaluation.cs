using Graft.Data;
using Graft.Detectors;
using Graft.Evaluation;
using Graft.Runtime;

namespace Graft.Runs;

/// <summary>Evaluates an ONNX model on a data set, image by image, without the native library.</summary>
public static class OnnxEvaluation
{
    // The thresholds of the published evaluation, as those of other models.
    private static readonly PostProcessOptions Published = new();

    /// <summary>Opens a split of a data set with the classes of the model, by name, whatever their order in the data.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">Where the data is.</param>
    /// <param name="split">Which split.</param>
    /// <exception cref="GraftException">Of kind Model: the file names no classes; of kind Data: data that cannot be used, or that has no
    /// object of these classes.</exception>
    public static DetectionDataset Open(OnnxModel model, DataOptions data, DataSplit split = DataSplit.Val)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        if (model.ClassNames.Count == 0)
        {
            throw new GraftException(
                Failure.Model, $"{model.Path} names no classes; its labels cannot be compared with those of the data.",
                "Export the model with its names in the metadata key names.");
        }

        DetectionDataset set = DetectionData.OpenSplit(data with { Classes = [] }, split, model.ClassNames);
        set.RequireObjects(forTraining: false);
        return set;
    }

    /// <summary>Detects in every image and scores the detections: score threshold 0.001, 300 boxes per image, IoU threshold of the model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The data that <see cref="Open"/> returned; images that cannot be used are skipped and counted in its problems.</param>
    /// <param name="progress">Called with the number of images that are done.</param>
    /// <exception cref="GraftException">Of kind Data: no image could be used.</exception>
    public static EvaluationResult Run(OnnxModel model, DetectionDataset data, Action<int>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        DetectOptions options = new() { ScoreThreshold = Published.ScoreThreshold, MaxPerImage = Published.MaxPerImage };
        Dictionary<long, Detectors.Detection[]> detections = [];
        foreach (DetectionImage image in data.Images)
        {
            if (Detect(model, data, image, options) is { } found)
            {
                // A model without a name for a label has no class of the data for it.
                detections[image.Id] = [.. OnnxModel.Converted(found).Where(one => one.Label < data.Categories.Count)];
            }

            progress?.Invoke(detections.Count);
        }

        return EvaluationResult.Of(data, detections);
    }

    private static DetectionResult? Detect(OnnxModel model, DetectionDataset data, DetectionImage image, DetectOptions options)
    {
        try
        {
            DetectionResult found = model.Detect(image.Path, options);
            if (!HeaderSize.Differs((image.Width, image.Height), (found.Width, found.Height)))
            {
                return found;
            }

            data.Problems.Add(DataProblemKind.ImageSizeDiffers, $"{image.Path}: {found.Width} x {found.Height}, annotated {image.Width} x {image.Height}");
        }
        catch (GraftException error) when (error.Failure == Failure.Data)
        {
            data.Problems.Add(DataProblemKind.UnreadableImage, error.Message.TrimEnd('.'));
        }

        return null;
    }
}
