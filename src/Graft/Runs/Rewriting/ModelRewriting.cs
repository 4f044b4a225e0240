using Graft.Detectors;
using Graft.Files;
using Graft.Rewriting;
using Graft.Torch;

namespace Graft.Runs;

/// <summary>Rewrites a trained model, proves the result on images of its data, and writes it; the file is complete or absent.</summary>
public static class ModelRewriting
{
    /// <summary>Merges the adapters of a model into its weights.</summary>
    /// <param name="model">Not changed.</param>
    /// <param name="path">Target: <c>.safetensors</c>, or <c>.pth</c> for the original tools.</param>
    /// <param name="completely">Whether to refuse when any part of an adapter cannot be merged.</param>
    /// <param name="foldNorms">Whether to fold norms into convolutions too.</param>
    /// <param name="tolerance">Largest relative difference in float32 that passes; null: the default of the proof.</param>
    /// <returns>What was merged, what was not and its form, the proof and the costs.</returns>
    /// <exception cref="MergeRefusedException">The outputs differ by more than the tolerance, or an adapter cannot be merged;
    /// nothing is written.</exception>
    /// <exception cref="GraftException">Of kind Usage: the target cannot be written as a weight file, or is the model's own file.</exception>
    public static RewriteReport Merge(
        TrainedModel model, string path, bool completely = false, bool foldNorms = false, double? tolerance = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        RewriteReport report = Run(model, path, rewrite => rewrite.MergeAdapters(new MergeOptions { Completely = completely }), foldNorms, tolerance);
        bool merged = report.Left.Count > 0 || ModelCopy.Attached(model.Detector.Network).Any();
        return merged ? report : report with { Notes = [.. report.Notes, $"{model.Target} has no adapters; none was merged"] };
    }

    /// <summary>Bakes the prompts of a model into its convolutions.</summary>
    /// <param name="model">A model that reads text, opened with the prompts; not changed.</param>
    /// <param name="path">Target: <c>.safetensors</c>, or <c>.pth</c> for the original tools.</param>
    /// <param name="neck">Whether the text is baked into the neck too; otherwise the neck keeps its attention.</param>
    /// <param name="foldNorms">Whether to fold norms into convolutions too.</param>
    /// <param name="allowStandIns">Whether to bake prompts that are stand-ins without meaning for the model.</param>
    /// <param name="note">Receives notes about the prompts, before the work begins.</param>
    /// <returns>What was baked, the proof and the costs.</returns>
    /// <exception cref="MergeRefusedException">The outputs differ by more than the tolerance; nothing is written.</exception>
    /// <exception cref="GraftException">Of kind Refused: the model reads no text, or prompts have no meaning for it; of kind Usage: the target
    /// cannot be written as a weight file, or is the model's own file.</exception>
    public static RewriteReport Bake(
        TrainedModel model, string path, bool neck = true, bool foldNorms = false, bool allowStandIns = false, Action<string>? note = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        Vocabulary vocabulary = model.Vocabulary;
        RequireMeaning(model, allowStandIns);
        foreach (string sentence in vocabulary.Notes)
        {
            note?.Invoke(sentence);
        }

        return model.Detector is ITextDetector or JoinedDetector
            ? Run(model, path, rewrite => rewrite.Bake(neck), foldNorms, null)
            : throw new GraftException(Failure.Refused, $"{model.Target} reads no text, so there are no prompts to bake.", "Only YOLO-World v2 reads text.");
    }

    /// <summary>Refuses prompts that have no meaning for a model.</summary>
    internal static void RequireMeaning(TrainedModel model, bool allowStandIns)
    {
        if (model.Vocabulary.WithoutMeaning.Count > 0 && !allowStandIns)
        {
            throw new GraftException(
                Failure.Refused, $"{model.Target}: {model.Vocabulary.Notes[^1]}.",
                "Bake the prompts that it was trained with (leave --prompts out), or train with a text encoder (text.model). --allow-stand-ins bakes them nevertheless.");
        }
    }

    private static RewriteReport Run(TrainedModel model, string path, Action<Rewrite> step, bool foldNorms, double? tolerance)
    {
        RequireTarget(model, path);
        using Rewrite rewrite = Rewrite.Of(model.Detector);
        step(rewrite);
        if (foldNorms)
        {
            rewrite.FoldNorms();
        }

        ProofOptions options = new() { CostSide = model.Config.Train.Imgsz };
        if (tolerance is { } single)
        {
            // A tolerance that is given is used without the allowance for rounding.
            options = options with { Tolerance = options.Tolerance with { Single = single, RoundingFactor = 0 } };
        }

        using TensorScope scope = TensorScope.Begin();
        IReadOnlyList<ProofImage> images = ProofImages.From(model.Config);
        using Rewritten result = rewrite.Prove(options, images);
        RewriteFiles.Save(result, model, path);
        return result.Report with { Notes = [.. result.Report.Notes, .. Limits(result.Report, images, options)] };
    }

    /// <summary>Notes on what the proof does not cover.</summary>
    private static IEnumerable<string> Limits(RewriteReport report, IReadOnlyList<ProofImage> images, ProofOptions options)
    {
        if (images.Count == 0)
        {
            yield return "the validation images of the model were not found; only random inputs were compared";
        }

        if (report.Boxes == 0 && report.BoxesUnmatched == 0)
        {
            yield return FormattableString.Invariant($"no box scores above {options.Boxes.ScoreThreshold}: raw outputs were compared, final boxes were not");
        }
    }

    /// <summary>Refuses a target before anything is computed.</summary>
    private static void RequireTarget(TrainedModel model, string path)
    {
        _ = Rewritten.RequireFileType(path);
        if (model.Detector is JoinedDetector)
        {
            throw new GraftException(
                Failure.Refused, $"{model.Target} is a joined model; it is not rewritten as a whole.",
                "Merge or bake the members, then join them again: graft join.");
        }

        if (InputPaths.ReplacedBy(path, [model.Path]) is not null)
        {
            throw new GraftException(Failure.Usage, $"{path} is the file that this model was opened from.", "Give another file.");
        }
    }
}
