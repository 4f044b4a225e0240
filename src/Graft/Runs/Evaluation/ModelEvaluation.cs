using Graft.Data;
using Graft.Evaluation;
using Graft.Torch.Distributed;

namespace Graft.Runs;

/// <summary>Evaluates a trained model on the data of its configuration.</summary>
public static class ModelEvaluation
{
    /// <summary>Opens a split of the data with the current class names of the model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="split">Which split.</param>
    /// <exception cref="GraftException">Of kind Data: data that cannot be used, or that has no object of these classes.</exception>
    public static DetectionDataset Open(TrainedModel model, DataSplit split = DataSplit.Val)
    {
        ArgumentNullException.ThrowIfNull(model);
        DetectionDataset data = DetectionData.OpenSplit(model.Config.Data with { Classes = [] }, split, model.Vocabulary.Names);
        data.RequireObjects(forTraining: false);
        return data;
    }

    /// <summary>Detects in every image, at the image size and with the thresholds of the model, and scores the detections.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The data that <see cref="Open"/> returned.</param>
    /// <param name="progress">Called with the number of images that are done.</param>
    /// <param name="group">Processes that share the images; each gets the result over all of them. Null: this process is alone.</param>
    /// <exception cref="GraftException">Of kind Data: no image could be used.</exception>
    public static EvaluationResult Run(TrainedModel model, DetectionDataset data, Action<int>? progress = null, ProcessGroup? group = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        using DetectorEvaluation evaluation = new(data, model.Config.Train.Imgsz, model.Config.Predict, group: group);
        return evaluation.Run(model.Detector, progress);
    }
}
