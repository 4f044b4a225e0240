using Graft.Data;
using Graft.Detectors;
using Graft.Evaluation;
using Graft.Runs;

namespace Graft.Comparison;

/// <summary>How much of the base's mAP on its own classes and images is left after a training.</summary>
/// <param name="target">The base.</param>
/// <param name="images">Images of its classes; null: those that it was trained with.</param>
/// <param name="note">Is told once why it cannot be measured.</param>
internal sealed class BaseRetention(string target, string? images, Action<string> note)
{
    private (DetectionDataset Data, EvaluationResult Result, Vocabulary? Prompts)? _before;

    /// <summary>Why nothing is measured; null where it is.</summary>
    internal string? Reason { get; private set; }

    /// <summary>The share that is left, 1 for everything; null where it cannot be measured.</summary>
    /// <param name="file">The model after training.</param>
    internal double? Of(string file)
    {
        if (Reason is not null)
        {
            return null;
        }

        try
        {
            (DetectionDataset data, EvaluationResult before, Vocabulary? prompts) = _before ??= Before();
            using TrainedModel after = TrainedModel.Open(file, [], prompts);
            return Retention.Between(before.Scores, ModelEvaluation.Run(after, data).Scores).Figure;
        }
        catch (GraftException error)
        {
            Reason = error.Message;
            note($"what is left of the base's own classes is not measured: {error.Message}{(images is null ? " Name images of them: --base-data DATA" : "")}");
            return null;
        }
    }

    /// <summary>Finds out before anything is trained whether images that were named can be used.</summary>
    /// <param name="target">The base.</param>
    /// <param name="images">The images; null: none were named.</param>
    /// <exception cref="GraftException">Of kind Data: they cannot be read, or show nothing of the base's classes.</exception>
    internal static void Require(string target, string? images)
    {
        if (images is not null)
        {
            using TrainedModel model = Open(target, images);
            ModelEvaluation.Open(model);
        }
    }

    private static TrainedModel Open(string target, string? images) => TrainedModel.Open(target, images is null ? [] : [$"data.root={images}"]);

    private (DetectionDataset Data, EvaluationResult Result, Vocabulary? Prompts) Before()
    {
        using TrainedModel model = Open(target, images);
        if (model.Config.Data.Root is null)
        {
            throw new GraftException(Failure.Data, $"{target} does not say where its images are.");
        }

        DetectionDataset data = ModelEvaluation.Open(model);
        return (data, ModelEvaluation.Run(model, data), model.Vocabulary.Embeddings is null ? null : model.Vocabulary);
    }
}
