using Graft.Detectors;
using Graft.Evaluation;

namespace Graft.Runs;

/// <summary>A model before it was tuned and after, evaluated with the same prompts on the same images.</summary>
/// <param name="Before">Result of the earlier model.</param>
/// <param name="After">Result of the later model.</param>
public sealed record RetentionMeasurement(EvaluationResult Before, EvaluationResult After)
{
    /// <summary>Evaluates the earlier model, then the later one; one of them is open at a time.</summary>
    /// <param name="openBefore">Opens the earlier model with the given prompts; null: with its own.</param>
    /// <param name="openAfter">Opens the later model with the same prompts; null: the models read no text.</param>
    /// <param name="evaluate">How both are evaluated; null: on the validation split of each model's configuration.</param>
    /// <param name="prompts">Prompts for both; null: those of the earlier model.</param>
    /// <exception cref="GraftException">A model that cannot be opened or evaluated.</exception>
    public static RetentionMeasurement Run(
        Func<Vocabulary?, TrainedModel> openBefore, Func<Vocabulary?, TrainedModel> openAfter,
        Func<TrainedModel, EvaluationResult>? evaluate = null, Vocabulary? prompts = null)
    {
        ArgumentNullException.ThrowIfNull(openBefore);
        ArgumentNullException.ThrowIfNull(openAfter);
        evaluate ??= model => ModelEvaluation.Run(model, ModelEvaluation.Open(model));
        EvaluationResult before;
        using (TrainedModel model = openBefore(prompts))
        {
            before = evaluate(model);
            prompts ??= model.Vocabulary.Embeddings is null ? null : model.Vocabulary;
        }

        using (TrainedModel model = openAfter(prompts))
        {
            return new RetentionMeasurement(before, evaluate(model));
        }
    }

    /// <summary>The share of the earlier model's mAP that the later one retains.</summary>
    /// <exception cref="GraftException">Of kind Data: mAP of the earlier model is 0, or the later one lacks a class.</exception>
    public Retention Compare() => Retention.Between(Before.Scores, After.Scores);
}
